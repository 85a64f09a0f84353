"""Discord's payloads as discord.py parses them, and what the adapter makes of them."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import events, interactions
from adapters.discord.commands import to_choices, to_payload
from adapters.discord.interactions import Typing
from adapters.hearing import Hearing, judged
from bot.domain import Address, ChatMessage, CommandCall, Person
from bot.engine.commands import LISTED, Command, Option

Json = dict[str, Any]

BOT, OTHER_BOT, ADA, BEN = "100", "101", "200", "201"
GUILD, CHANNEL, THREAD, DM = "300", "400000000000000000", "401000000000000000", "402"
BOT_ROLE, TEACHERS = "500", "501"
MANAGE_GUILD = 1 << 5


class Desk:
    """discord.py without a connection: it turns payloads into its objects."""

    def __init__(self) -> None:
        self.client = discord.Client(intents=discord.Intents.none())
        self.state = self.client._connection  # noqa: SLF001 - payloads are parsed where discord.py parses them
        self.bot = discord.ClientUser(state=self.state, data=user(BOT, "Lyceum", bot=True))  # type: ignore[arg-type]
        self.state.user = self.bot
        self.guild = discord.Guild(data=guild(), state=self.state)  # type: ignore[arg-type]
        self.state._add_guild(self.guild)  # noqa: SLF001

    def message(self, content: str, **fields: Any) -> discord.Message:
        """Parse a message of the guild's channel; `fields` replace the payload's."""
        data = message(content, **fields)
        channel, _ = self.state._get_guild_channel(data)  # type: ignore[arg-type] # noqa: SLF001
        return discord.Message(state=self.state, channel=channel, data=data)  # type: ignore[arg-type]

    def interaction(self, data: Json, **fields: Any) -> discord.Interaction[Any]:
        """Parse a slash command of the guild's channel."""
        return discord.Interaction(data=interaction(data, **fields), state=self.state)  # type: ignore[arg-type]

    def said(self, content: str, **fields: Any) -> str:
        """Return the text of a message as the bot reads it."""
        return events.to_chat_message(self.message(content, **fields), self.bot).text

    def hears(self, content: str, *, message_content: bool = False, **fields: Any) -> bool:
        """Whether the bot takes the message as said to it."""
        heard = events.to_heard(self.message(content, **fields), self.bot)
        return heard is not None and judged(heard, reads_all=message_content) is not Hearing.LEFT


def user(user_id: str, name: str, *, bot: bool = False) -> Json:
    return {
        "id": user_id,
        "username": name.lower(),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
    }


def role(role_id: str, name: str, permissions: int = 0, **fields: Any) -> Json:
    looks = {"color": 0, "colors": {"primary_color": 0}, "hoist": False, "position": 1, "flags": 0}
    return {"id": role_id, "name": name, "permissions": str(permissions), "managed": False, **looks, **fields}


def guild() -> Json:
    return {
        "id": GUILD,
        "name": "School",
        "owner_id": "999",
        "preferred_locale": "fr",
        "roles": [
            role(GUILD, "@everyone"),
            role(BOT_ROLE, "Lyceum", tags={"bot_id": BOT}),
            role(TEACHERS, "teachers", MANAGE_GUILD),
        ],
        "channels": [{"id": CHANNEL, "type": 0, "name": "general", "position": 0, "permission_overwrites": []}],
        "threads": [thread()],
        "members": [],
        "features": [],
        "emojis": [],
        "stickers": [],
    }


def thread(**fields: Any) -> Json:
    times = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": "2026-01-01T00:00:00+00:00"}
    return {
        "id": THREAD,
        "type": 11,
        "name": "owls",
        "guild_id": GUILD,
        "parent_id": CHANNEL,
        "owner_id": ADA,
        "message_count": 1,
        "member_count": 1,
        "thread_metadata": times,
        **fields,
    }


def message(content: str, **fields: Any) -> Json:
    data = {
        "id": "600",
        "channel_id": CHANNEL,
        "guild_id": GUILD,
        "type": 0,
        "content": content,
        "author": user(ADA, "Ada"),
        "member": {"roles": [], "nick": None, "joined_at": None, "deaf": False, "mute": False, "flags": 0},
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "attachments": [],
        "embeds": [],
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "pinned": False,
        "tts": False,
        **fields,
    }
    return {key: value for key, value in data.items() if value is not None or key == "edited_timestamp"}


def in_dm(**fields: Any) -> Json:
    return {"channel_id": DM, "guild_id": None, "member": None, **fields}


def reply_to(author: Json, **fields: Any) -> Json:
    replied = message("before", id="599", author=author)
    reference = {"type": 0, "message_id": "599", "channel_id": CHANNEL, "guild_id": GUILD}
    return {"type": 19, "message_reference": reference, "referenced_message": replied, **fields}


def interaction(data: Json, **fields: Any) -> Json:
    member: Json = {
        "roles": [],
        "nick": "Ada L.",
        "joined_at": None,
        "permissions": "0",
        "user": user(ADA, "Ada"),
        "flags": 0,
    }
    return {
        "id": "700",
        "application_id": "900",
        "type": 2,
        "token": "t",
        "version": 1,
        "attachment_size_limit": 1,
        "guild_id": GUILD,
        "channel": {"id": CHANNEL, "type": 0, "name": "general"},
        "member": member,
        "locale": "he",
        "context": 0,
        "data": {"id": "1", "type": 1, **data},
        **fields,
    }


LYCEUM: Json = {"mentions": [user(BOT, "Lyceum", bot=True)]}
USE = {
    "name": "model",
    "options": [
        {
            "type": 1,
            "name": "use",
            "options": [
                {"type": 3, "name": "name", "value": "qwen3:8b", "focused": True},
                {"type": 3, "name": "for", "value": "thread"},
            ],
        }
    ],
}


@pytest.fixture
def desk() -> Desk:
    return Desk()


class TestWhatIsSaidToTheBot:
    def test_a_mention_is(self, desk: Desk) -> None:
        assert desk.hears("<@100> hello", **LYCEUM)

    def test_a_mention_of_its_own_role_is(self, desk: Desk) -> None:
        assert desk.hears("<@&500> hello", mention_roles=[BOT_ROLE])

    def test_a_direct_message_is(self, desk: Desk) -> None:
        assert desk.hears("hello", **in_dm())

    def test_a_reply_to_its_message_is(self, desk: Desk) -> None:
        assert desk.hears("and then?", **reply_to(user(BOT, "Lyceum", bot=True)))

    def test_a_reply_to_somebody_else_is_not(self, desk: Desk) -> None:
        assert not desk.hears("and then?", **reply_to(user(BEN, "Ben")))

    def test_a_reply_to_a_deleted_message_is_not(self, desk: Desk) -> None:
        assert not desk.hears("and then?", type=19, message_reference={"message_id": "1", "channel_id": CHANNEL})

    def test_talk_in_a_channel_is_not(self, desk: Desk) -> None:
        assert not desk.hears("hello all", message_content=True)

    @pytest.mark.parametrize(
        "fields",
        [
            {"author": user(OTHER_BOT, "Echo", bot=True)},
            {"author": user(BOT, "Lyceum", bot=True)},
            {"webhook_id": "1", "member": None},
            {"type": 7},
            {"type": 21},
        ],
        ids=["another bot", "itself", "a webhook", "a join", "a thread's beginning"],
    )
    def test_nothing_that_no_person_writes_is(self, desk: Desk, fields: Json) -> None:
        assert not desk.hears("<@100> hello", **LYCEUM, **fields)

    def test_a_message_in_a_guild_that_is_not_cached_is_no_direct_message(self, desk: Desk) -> None:
        assert not desk.hears("hello", guild_id="12345", channel_id="12346", member=None)


class TestInThreads:
    def open(self, desk: Desk, **fields: Any) -> None:
        """Let a thread be the bot's own, or a joined one."""
        opened = discord.Thread(
            guild=desk.guild,
            state=desk.state,
            data=thread(**(fields or {"owner_id": BOT})),  # type: ignore[arg-type]
        )
        desk.guild._add_thread(opened)  # noqa: SLF001

    def test_the_intent_lets_it_follow_a_thread_it_has_opened(self, desk: Desk) -> None:
        self.open(desk)

        assert desk.hears("and then?", channel_id=THREAD, message_content=True)

    def test_it_does_not_follow_a_thread_that_it_was_called_to(self, desk: Desk) -> None:
        self.open(
            desk, member={"id": THREAD, "user_id": BOT, "join_timestamp": "2026-01-01T00:00:00+00:00", "flags": 0}
        )

        assert not desk.hears("and then?", channel_id=THREAD, message_content=True)

    def test_without_the_intent_it_waits_for_a_mention(self, desk: Desk) -> None:
        self.open(desk)

        assert not desk.hears("and then?", channel_id=THREAD)
        assert desk.hears("<@100> and then?", channel_id=THREAD, **LYCEUM)

    def test_it_does_not_follow_a_thread_of_others(self, desk: Desk) -> None:
        assert not desk.hears("and then?", channel_id=THREAD, message_content=True)

    def test_it_does_not_answer_for_somebody_else(self, desk: Desk) -> None:
        self.open(desk)

        assert not desk.hears("<@201> and you?", channel_id=THREAD, message_content=True, mentions=[user(BEN, "Ben")])
        assert not desk.hears("indeed", channel_id=THREAD, message_content=True, **reply_to(user(BEN, "Ben")))


class TestWithheldText:
    def test_a_reply_without_a_ping_arrives_empty(self, desk: Desk) -> None:
        reply = desk.message("", **reply_to(user(BOT, "Lyceum", bot=True)))

        assert events.is_withheld(reply, desk.bot, message_content=False)
        assert not events.is_withheld(reply, desk.bot, message_content=True)

    def test_an_empty_mention_is_empty_by_itself(self, desk: Desk) -> None:
        assert not events.is_withheld(desk.message("", **LYCEUM), desk.bot, message_content=False)

    def test_a_direct_message_is_never_withheld(self, desk: Desk) -> None:
        assert not events.is_withheld(desk.message("", **in_dm()), desk.bot, message_content=False)


class TestText:
    @pytest.mark.parametrize(
        "content",
        [
            "<@100> hello",
            "<@!100> hello",
            "  <@100>   hello ",
            "<@100>, hello",
            "<@100>: hello",
            "hello <@100>",
            "<@100> <@100> hello",
        ],
    )
    def test_the_mention_of_the_bot_is_taken_out(self, desk: Desk, content: str) -> None:
        assert desk.said(content, **LYCEUM) == "hello"

    def test_the_mention_of_its_role_is_taken_out(self, desk: Desk) -> None:
        assert desk.said("<@&500> hello", mention_roles=[BOT_ROLE]) == "hello"

    def test_in_the_middle_of_a_sentence_the_bot_keeps_its_name(self, desk: Desk) -> None:
        assert desk.said("what can <@100> do?", **LYCEUM) == "what can @Lyceum do?"

    def test_an_empty_mention_says_nothing(self, desk: Desk) -> None:
        assert desk.said("<@100>", **LYCEUM) == ""

    def test_other_mentions_become_names(self, desk: Desk) -> None:
        said = desk.said(
            "ask <@201> and <@&501> in <#400000000000000000>", mentions=[user(BEN, "Ben")], mention_roles=[TEACHERS]
        )

        assert said == "ask @Ben and @teachers in #general"

    def test_what_discord_does_not_resolve_stays(self, desk: Desk) -> None:
        assert desk.said("ask <@9> in <#9> <@>") == "ask <@9> in <#9> <@>"

    def test_lines_and_hebrew_pass_through(self, desk: Desk) -> None:
        assert desk.said("<@100> שלום\n\n  עולם", **LYCEUM) == "שלום\n\n  עולם"

    @given(st.text(st.characters(codec="utf-8", exclude_characters="<>"), max_size=60))
    def test_text_without_mentions_is_only_stripped(self, text: str) -> None:
        assert Desk().said(text) == text.strip()


class TestChatMessages:
    def test_a_message_of_a_channel(self, desk: Desk) -> None:
        said = events.to_incoming(desk.message("<@100> hello", **LYCEUM), desk.bot)

        assert said == ChatMessage(
            event_id="600",
            message_id="600",
            address=Address("discord", GUILD, CHANNEL),
            person=Person(ADA, "Ada", is_admin=False, locale="fr"),
            text="hello",
        )

    def test_a_thread_belongs_to_its_channel(self, desk: Desk) -> None:
        said = events.to_chat_message(desk.message("hi", channel_id=THREAD), desk.bot)

        assert said.address == Address("discord", GUILD, CHANNEL, THREAD)

    def test_a_direct_message_has_no_workspace(self, desk: Desk) -> None:
        said = events.to_chat_message(desk.message("hi", **in_dm()), desk.bot)

        assert (said.address, said.direct) == (Address("discord", "", DM), True)
        assert said.person == Person(ADA, "Ada", is_admin=False, locale="en")

    def test_who_may_manage_the_guild_is_an_admin(self, desk: Desk) -> None:
        member = {"roles": [TEACHERS], "nick": "Dr. Ada", "joined_at": None, "deaf": False, "mute": False, "flags": 0}
        said = events.to_chat_message(desk.message("hi", member=member), desk.bot)

        assert said.person == Person(ADA, "Dr. Ada", is_admin=True, locale="fr")

    def test_the_owner_of_the_guild_is_an_admin(self, desk: Desk) -> None:
        said = events.to_chat_message(desk.message("hi", author=user("999", "Owner")), desk.bot)

        assert said.person.is_admin

    def test_hebrew_letters_are_answered_in_hebrew(self, desk: Desk) -> None:
        assert events.to_chat_message(desk.message("שלום"), desk.bot).person.locale == "he"

    def test_a_command_said_in_words_is_a_command(self, desk: Desk) -> None:
        call = events.to_incoming(desk.message("<@100> model use qwen3:8b for channel", **LYCEUM), desk.bot)

        assert call == CommandCall(
            event_id="600",
            address=Address("discord", GUILD, CHANNEL),
            person=Person(ADA, "Ada", is_admin=False, locale="fr"),
            command="model use",
            arguments={"name": "qwen3:8b", "for": "channel"},
            message_id="600",
        )


class TestInteractions:
    def test_a_slash_command_of_a_group(self, desk: Desk) -> None:
        assert interactions.to_command_call(desk.interaction(USE)) == CommandCall(
            event_id="700",
            address=Address("discord", GUILD, CHANNEL),
            person=Person(ADA, "Ada L.", is_admin=False, locale="he"),
            command="model use",
            arguments={"name": "qwen3:8b", "for": "thread"},
        )

    def test_a_slash_command_of_one_word_in_a_dm(self, desk: Desk) -> None:
        channel = {"id": DM, "type": 1, "recipients": [user(ADA, "Ada")]}
        plain = desk.interaction(
            {"name": "reset"}, guild_id=None, member=None, user=user(ADA, "Ada"), channel=channel, context=1
        )
        call = interactions.to_command_call(plain)

        assert (call.command, call.arguments, call.direct) == ("reset", {}, True)
        assert call.address == Address("discord", "", DM)

    def test_in_a_private_channel_of_others_it_is_not_alone(self, desk: Desk) -> None:
        channel = {"id": DM, "type": 1, "recipients": [user(BEN, "Ben")]}
        plain = desk.interaction(
            {"name": "reset"}, guild_id=None, member=None, user=user(ADA, "Ada"), channel=channel, context=2
        )

        assert not interactions.to_command_call(plain).direct

    def test_a_command_in_a_thread_belongs_to_its_channel(self, desk: Desk) -> None:
        call = interactions.to_command_call(desk.interaction({"name": "reset"}, channel=thread()))

        assert call.address == Address("discord", GUILD, CHANNEL, THREAD)

    def test_an_unknown_channel_is_a_scope_of_the_person_alone(self, desk: Desk) -> None:
        call = interactions.to_command_call(desk.interaction({"name": "reset"}, channel={}))

        assert call.address == Address("discord", GUILD, ADA)

    def test_who_may_manage_the_guild_is_an_admin(self, desk: Desk) -> None:
        plain = interaction({"name": "help"})
        plain["member"]["permissions"] = str(MANAGE_GUILD)

        assert interactions.to_command_call(desk.interaction({"name": "help"}, member=plain["member"])).person.is_admin

    def test_what_is_typed_into_an_option(self, desk: Desk) -> None:
        assert interactions.to_typing(desk.interaction(USE, type=4)) == Typing("model use", "name", "qwen3:8b")


class TestCommands:
    def test_two_words_make_a_group(self) -> None:
        payload = to_payload()

        model = next(command for command in payload if command["name"] == "model")

        named = [command.name.split() for command in LISTED]
        assert [child["name"] for child in model["options"]] == [words[1] for words in named if words[0] == "model"]
        assert len({command["name"] for command in payload}) == len(payload)

    def test_options_carry_choices_and_completion(self) -> None:
        model = next(command for command in to_payload() if command["name"] == "model")
        name, reach, _ = next(child["options"] for child in model["options"] if child["name"] == "use")

        assert (name["name"], name["required"], name["autocomplete"]) == ("name", True, True)
        assert (reach["name"], reach["required"]) == ("for", False)
        assert [choice["value"] for choice in reach["choices"]] == ["me", "thread", "channel", "workspace"]

    def test_a_table_makes_its_own_commands(self) -> None:
        payload = to_payload([Command("help", (Option("name"),))])

        assert [command["name"] for command in payload] == ["help"]

    def test_completions_fit_what_discord_shows(self) -> None:
        names = ["x" * 101, *(f"model:{number}" for number in range(30))]

        assert to_choices(names) == names[1:26]
