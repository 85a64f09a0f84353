"""Slack's payloads become values, and texts cross the border without harm."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.dialect import fallback, inert, plain_words
from adapters.slack.events import (
    Deleted,
    Event,
    MessagesOpened,
    NativeStop,
    Said,
    parse_event,
    to_incoming,
)
from adapters.slack.interactions import parse_press, parse_slashed, to_call
from adapters.slack.payload import Malformed
from adapters.slack.place import EphemeralPlace
from bot.domain import Address, ChatMessage, CommandCall, Person, QuotedMessage
from bot.errors import UserError

BOT = "U0BOT000000"
TEAM, CHANNEL, DM, ADA = "T0123456789", "C0123456789", "D0123456789", "U0ADA000000"
TS, ROOT = "1764000100.000200", "1764000000.000100"
PERSON = Person(ADA, "Ada", locale="en-US")


def envelope(event: object) -> dict[str, Any]:
    return {"type": "event_callback", "event_id": "Ev0123456789", "team_id": TEAM, "event": event}


def mention(**changed: object) -> dict[str, Any]:
    event = {"type": "app_mention", "channel": CHANNEL, "user": ADA, "ts": TS, "text": f"<@{BOT}> hi"}
    return envelope(event | changed)


def direct(**changed: object) -> dict[str, Any]:
    event = {"type": "message", "channel_type": "im", "channel": DM, "user": ADA, "ts": TS, "text": "hi"}
    return envelope(event | changed)


def read(body: dict[str, Any]) -> Event | None:
    return parse_event(body, bot_user=BOT, workspace=TEAM)


def said(body: dict[str, Any]) -> Said:
    event = read(body)
    assert isinstance(event, Said)
    return event


class TestMessages:
    def test_a_mention_at_the_top_is_the_root_of_its_thread(self) -> None:
        assert said(mention()) == Said(
            event_id="Ev0123456789",
            message_id=TS,
            address=Address("slack", TEAM, CHANNEL, TS),
            user=ADA,
            text=f"<@{BOT}> hi",
            reply_to=TS,
            direct=False,
        )

    def test_a_mention_in_a_thread_belongs_to_the_thread(self) -> None:
        event = said(mention(thread_ts=ROOT))

        assert (event.address.thread, event.reply_to) == (ROOT, ROOT)

    def test_a_direct_message_belongs_to_the_dm_and_is_answered_under_itself(self) -> None:
        event = said(direct())

        assert (event.address, event.reply_to, event.direct) == (Address("slack", TEAM, DM), TS, True)

    def test_a_direct_message_in_a_thread_belongs_to_the_same_dm(self) -> None:
        event = said(direct(thread_ts=ROOT))

        assert (event.address, event.reply_to) == (Address("slack", TEAM, DM), ROOT)

    @pytest.mark.parametrize("subtype", ["file_share", "me_message", "thread_broadcast"])
    def test_what_a_person_says_with_a_file_or_in_another_way_counts(self, subtype: str) -> None:
        assert said(direct(subtype=subtype)).text == "hi"

    @pytest.mark.parametrize(
        "body",
        [
            direct(bot_id="B0123456789"),
            direct(subtype="bot_message", bot_id="B0123456789"),
            direct(user=BOT),
            mention(bot_id="B0123456789"),
            direct(subtype="message_changed", message={"text": "new", "user": ADA}),
            direct(subtype="channel_join"),
            direct(channel=CHANNEL, channel_type="channel"),
            mention(channel=DM),
            envelope({"type": "reaction_added"}),
            envelope({"type": "app_home_opened", "tab": "about", "user": ADA, "channel": DM}),
        ],
    )
    def test_what_nobody_said_to_the_bot_is_ignored(self, body: dict[str, Any]) -> None:
        assert read(body) is None

    @pytest.mark.parametrize("missing", ["channel", "ts", "user"])
    def test_a_message_without_what_every_message_has_is_malformed(self, missing: str) -> None:
        body = direct(channel=DM)
        del body["event"][missing]

        with pytest.raises(Malformed, match=missing):
            read(body)

    @pytest.mark.parametrize("event", [None, "text", 7, [], {}, {"type": 7}])
    def test_an_envelope_without_a_readable_event_is_for_nobody(self, event: object) -> None:
        assert read(envelope(event)) is None


class TestOtherEvents:
    def test_a_deleted_message_is_withdrawn_from_its_conversation(self) -> None:
        previous = {"user": ADA, "ts": TS, "thread_ts": ROOT}
        body = mention(type="message", subtype="message_deleted", deleted_ts=TS, previous_message=previous)

        assert read(body) == Deleted(Address("slack", TEAM, CHANNEL, ROOT), TS)

    def test_a_deleted_direct_message_is_withdrawn_from_the_dm(self) -> None:
        body = direct(subtype="message_deleted", deleted_ts=TS, previous_message={"user": ADA, "ts": TS})

        assert read(body) == Deleted(Address("slack", TEAM, DM), TS)

    def test_a_root_with_replies_that_became_a_tombstone_is_withdrawn(self) -> None:
        message = {"subtype": "tombstone", "ts": TS, "thread_ts": TS}
        body = direct(subtype="message_changed", message=message, previous_message={"user": ADA, "ts": TS})

        assert read(body) == Deleted(Address("slack", TEAM, DM), TS)

    def test_a_message_of_the_bot_that_is_deleted_withdraws_nothing(self) -> None:
        previous = {"user": BOT, "bot_id": "B0123456789", "ts": TS}

        assert read(direct(subtype="message_deleted", deleted_ts=TS, previous_message=previous)) is None

    def test_slacks_own_stop_names_its_thread(self) -> None:
        event = {"type": "agent_session_stopped", "channel": CHANNEL, "thread_ts": ROOT, "user": ADA}

        assert read(envelope(event)) == NativeStop(address=Address("slack", TEAM, CHANNEL, ROOT), thread=ROOT, user=ADA)

    def test_the_dm_that_is_opened_is_told(self) -> None:
        event = {"type": "app_home_opened", "tab": "messages", "channel": DM, "user": ADA}

        assert read(envelope(event)) == MessagesOpened(Address("slack", TEAM, DM), ADA)


class TestCommands:
    def slashed(self, **changed: object) -> dict[str, Any]:
        body = {"team_id": TEAM, "channel_id": CHANNEL, "user_id": ADA, "trigger_id": "1.2.3", "command": "/model"}
        return body | {"text": "use qwen3:8b for thread"} | changed

    def test_a_slash_command_is_a_call_in_its_channel(self) -> None:
        assert to_call(parse_slashed(self.slashed(), workspace=TEAM), PERSON) == CommandCall(
            event_id="1.2.3",
            address=Address("slack", TEAM, CHANNEL),
            person=PERSON,
            command="model use",
            arguments={"name": "qwen3:8b", "for": "thread"},
        )

    def test_a_slash_command_in_a_dm_is_direct(self) -> None:
        assert parse_slashed(self.slashed(channel_id=DM), workspace=TEAM).direct

    def test_a_slash_command_typed_wrong_says_how_it_is_typed(self) -> None:
        with pytest.raises(UserError) as told:
            to_call(parse_slashed(self.slashed(text="fly"), workspace=TEAM), PERSON)

        assert told.value.key == "error.unknown_command"

    def test_a_command_said_to_the_bot_is_a_call(self) -> None:
        incoming = to_incoming(
            said(mention(text=f"<@{BOT}> model use qwen3:8b", thread_ts=ROOT)), PERSON, bot_user=BOT, names={}
        )

        assert isinstance(incoming, CommandCall)
        assert (incoming.command, incoming.arguments) == ("model use", {"name": "qwen3:8b"})
        assert incoming.address == Address("slack", TEAM, CHANNEL, ROOT)

    def test_other_words_are_a_message(self) -> None:
        incoming = to_incoming(said(mention(text=f"model trains are loud, <@{BOT}>")), PERSON, bot_user=BOT, names={})

        assert isinstance(incoming, ChatMessage)
        assert incoming.text == "model trains are loud,"

    def test_a_mention_without_words_is_an_empty_message(self) -> None:
        incoming = to_incoming(said(mention(text=f"<@{BOT}>")), PERSON, bot_user=BOT, names={})

        assert isinstance(incoming, ChatMessage)
        assert incoming.text == ""


class TestWhatAnEventCarries:
    def test_a_forwarded_message_is_quoted(self) -> None:
        shared = {"is_share": True, "text": "owls hoot at <@U0EVE000000>"}
        event = said(mention(attachments=[shared, {"text": "a link's preview"}, "x"]))
        message = to_incoming(event, PERSON, bot_user=BOT, names={"U0EVE000000": "Eve"})

        assert isinstance(message, ChatMessage)
        assert [quote.text for quote in message.quotes] == ["owls hoot at @Eve"]

    def test_the_beginning_of_a_thread_is_quoted_where_the_event_carries_it(self) -> None:
        root = {"user": "U0EVE000000", "text": "owls hoot"}

        assert said(mention(thread_ts=ROOT, subtype="thread_broadcast", root=root)).quotes == (
            QuotedMessage("owls hoot", author_id="U0EVE000000"),
        )

    def test_the_bots_own_words_are_not_quoted(self) -> None:
        assert said(mention(thread_ts=ROOT, root={"user": BOT, "text": "owls hoot"})).quotes == ()


class TestPresses:
    def press(self, **changed: object) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "channel": {"id": CHANNEL},
            "user": {"id": ADA},
            "message": {"ts": TS, "thread_ts": ROOT},
            "actions": [{"action_id": "stop", "value": "17"}],
            "trigger_id": "1.2.3",
        }
        return body | changed

    def test_a_press_of_stop_names_the_turn_and_the_person(self) -> None:
        pressed = parse_press(self.press(), workspace=TEAM)

        assert (pressed.value, pressed.corner) == ("17", EphemeralPlace(CHANNEL, ADA, ROOT))
        assert pressed.address == Address("slack", TEAM, CHANNEL, ROOT)

    @pytest.mark.parametrize(
        "changed", [{"actions": []}, {"actions": [{"value": 17}]}, {"actions": "x"}, {"channel": None}, {"user": {}}]
    )
    def test_a_press_without_turn_place_or_person_is_malformed(self, changed: dict[str, Any]) -> None:
        with pytest.raises(Malformed):
            parse_press(self.press(**changed), workspace=TEAM)


class TestWordsOfPeople:
    @pytest.mark.parametrize(
        ("written", "read_as"),
        [
            (f"<@{BOT}> hello", "hello"),
            (f"<@{BOT}|lyceum> hello", "hello"),
            (f"hello <@{BOT}> you", "hello @lyceum you"),
            (f"<@{BOT}>: is <@{BOT}> better? <@{BOT}>", "is @lyceum better?"),
            (f"<@{BOT}>, <@{BOT}> - go", "go"),
            (f"<@{BOT}> -5 + 3", "-5 + 3"),
            (f"<@{BOT}>\n- milk\n- eggs", "- milk\n- eggs"),
            (f"<@{BOT}>", ""),
            ("ask <@U0BEN000000> too", "ask @Ben too"),
            ("ask <@U0EVE000000> too", "ask @U0EVE000000 too"),
            ("ask <@U0EVE000000|eve> too", "ask @eve too"),
            ("in <#C0123456789|general>", "in #general"),
            ("in <#C0123456789>", "in #C0123456789"),
            ("see <https://example.org/a?b=1&amp;c=2|the page>", "see the page (https://example.org/a?b=1&c=2)"),
            ("see <https://example.org/>", "see https://example.org/"),
            ("see <http://example.org|example.org>", "see http://example.org"),
            ("write <mailto:ada@example.org|ada@example.org>", "write ada@example.org"),
            ("<!here> and <!channel>", "@here and @channel"),
            ("<!subteam^S0123456789|@teachers> come", "@teachers come"),
            ("<!subteam^S0123456789> come", "@subteam come"),
            ("on <!date^1764000000^{date}|24 November>", "on 24 November"),
            ("if a &lt; b &amp;&amp; b &gt; c", "if a < b && b > c"),
            ("&amp;lt; is an entity", "&lt; is an entity"),
        ],
    )
    def test_control_sequences_read_as_people_see_them(self, written: str, read_as: str) -> None:
        assert plain_words(written, bot_user=BOT, names={"U0BEN000000": "Ben", BOT: "lyceum"}) == read_as


PING = re.compile(r"<(?:@[UWB][A-Z0-9]|#[CDG][A-Z0-9]|!(?:channel|here|everyone|subteam))", re.IGNORECASE)
MARKDOWN = st.lists(
    st.sampled_from([
        "<!channel>", "<@U0123456789>", "<!subteam^S1>", "<#C012>", "`", "``", "```", "~~~", "\\", "\n", "\n\n", "> ",
        " ", "a", "<", ">", "<!here", "e>", "<!EVERYONE>", "python", "<b>", "&lt;",
    ])
).map("".join)  # fmt: skip


class TestWordsOfModels:
    @pytest.mark.parametrize(
        ("written", "sent"),
        [
            ("<!channel> all", "&lt;!channel> all"),
            ("a < b", "a &lt; b"),
            ("> quoted", "> quoted"),
            ("AT&T", "AT&T"),
            ("`vector<int>`", "`vector<int>`"),
            ("a \\`<b", "a \\`&lt;b"),
            ("``a ` <b>`` <c>", "``a ` <b>`` &lt;c>"),
            ("```html\n<!DOCTYPE html>\n```\n<b>", "```html\n<!DOCTYPE html>\n```\n&lt;b>"),
            ("- text\n  ```\n  <b>\n\n  <c>\n  ```", "- text\n  ```\n  <b>\n\n  <c>\n  ```"),
            ("an open ` tick\n\n<b>", "an open ` tick\n\n&lt;b>"),
            ("`<!channel>`", "`<!channe\u2060l>`"),
            ("```\n<@U0123456789>\n```", "```\n<@U\u20600123456789>\n```"),
        ],
    )
    def test_nothing_is_live_and_code_stays_code(self, written: str, sent: str) -> None:
        assert inert(written) == sent

    @given(MARKDOWN)
    def test_no_text_of_a_model_holds_a_live_sequence(self, text: str) -> None:
        assert not PING.search(inert(text))

    @given(MARKDOWN, st.integers(min_value=0, max_value=200))
    def test_text_that_grows_never_changes_what_was_sent_of_it(self, text: str, length: int) -> None:
        assert inert(text).startswith(inert(text[:length]))

    def test_the_text_of_a_notification_is_short_and_inert(self) -> None:
        assert fallback("<!channel> & " + "a" * 1_000) == "&lt;!channel&gt; &amp; " + "a" * 187
