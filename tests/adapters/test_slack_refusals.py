"""What Slack refuses: words, a place, a form of text. What was shown stays, and who asked is told in some way."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from adapters.slack.mrkdwn import to_mrkdwn
from tests.adapters.slack_scene import Scene, set_up
from tests.engine.talk import until
from tests.fakes import Speech

LEFT_OUT = "the moderation of this place does not take it"
INSTEAD = "The moderation of this place does not take what I would say"
CLOSED = "I may not write in"
LINES = "One owl sits here.\nA badword flies by.\nTwo owls sit there."
CODES = ["msg_blocked", "slack_connect_file_link_sharing_blocked", "blocked_by_policy"]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


def letters(scene: Scene) -> list[str]:
    """Return what the bot wrote to Ada directly."""
    return [post.shown for post in scene.lab.posts(scene.lab.dm(scene.ada))]


class TestWords:
    @pytest.mark.parametrize("code", CODES)
    async def test_refused_words_in_a_stream_are_left_out_and_all_else_is_read(self, scene: Scene, code: str) -> None:
        scene.backend.say(Speech(LINES, holds=True, after=6))
        await scene.lab.say(scene.channel, scene.ada, "count")
        await scene.shown("One owl")
        scene.lab.workspace.moderated["badword"] = code
        scene.backend.release()
        answer = await scene.answered(LEFT_OUT)

        assert answer.shown.startswith("One owl sits here.\n[…]")
        assert "Two owls sit there." in answer.shown
        assert scene.lab.posts(scene.channel) == [answer]

    async def test_refused_words_in_a_message_that_is_updated_are_left_out(self, scene: Scene) -> None:
        scene.lab.fail_next("agents.sessions.setStatus", error="missing_scope", times=5)
        scene.backend.say(Speech(LINES, holds=True, after=6))
        await scene.lab.say(scene.channel, scene.ada, "count")
        await scene.shown("One owl")
        scene.lab.workspace.moderated["badword"] = "msg_blocked"
        scene.backend.release()
        answer = await scene.answered(LEFT_OUT)

        assert "Two owls sit there." in answer.shown
        assert scene.lab.posts(scene.channel) == [answer]

    async def test_an_answer_refused_at_its_first_post_is_told_in_a_sentence(self, scene: Scene) -> None:
        scene.lab.workspace.moderated["owl"] = "msg_blocked"
        scene.backend.say("An owl.", "A fox.")
        await scene.lab.say(scene.channel, scene.ada, "who?")
        await scene.answered(INSTEAD)
        await scene.lab.say(scene.channel, scene.ada, "and who else?")

        assert await scene.answered("A fox.")

    async def test_an_answer_for_one_person_alone_is_told_in_a_sentence(self, scene: Scene) -> None:
        scene.lab.workspace.moderated["owl"] = "msg_blocked"
        scene.backend.say("An owl.")
        await scene.lab.slash(scene.channel, scene.ada, "/ask", "who? private yes")

        assert await scene.lab.private_reads(scene.channel, scene.ada, INSTEAD)

    async def test_a_question_that_is_refused_is_not_asked(self, scene: Scene) -> None:
        scene.lab.workspace.moderated["owl"] = "msg_blocked"
        called = await scene.lab.slash(scene.channel, scene.ada, "/ask", "an owl?")
        await scene.lab.until(lambda: called.acked)

        assert "does not take your question" in str(called.ack_payload)
        assert scene.backend.requests == []

    async def test_what_a_command_lists_is_refused_in_a_sentence(self, scene: Scene) -> None:
        scene.lab.workspace.moderated["smollm2"] = "msg_blocked"
        await scene.lab.say(scene.channel, scene.ada, "model list")

        assert await scene.answered(INSTEAD)


class TestPlaces:
    @pytest.mark.parametrize("said", ["hello", "model list", "", "ask what?", "stop"])
    async def test_who_asks_where_the_bot_may_not_write_is_told_beside_it(self, scene: Scene, said: str) -> None:
        scene.channel.refuses = "restricted_action"
        await scene.lab.say(scene.channel, scene.ada, said)
        told = await scene.lab.private_reads(scene.channel, scene.ada, CLOSED)

        assert f"<#{scene.channel.id}>" in told.shown
        assert scene.lab.posts(scene.channel) == []

    @pytest.mark.parametrize(
        "code",
        [
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_of_another_kind",
            "is_archived",
            "ekm_access_denied",
            "access_denied",
            "user_is_restricted",
        ],
    )
    async def test_where_nothing_is_taken_they_are_told_directly(self, scene: Scene, code: str) -> None:
        scene.channel.refuses, scene.channel.refuses_ephemeral = code, True
        await scene.lab.say(scene.channel, scene.ada, "hello")
        await scene.lab.until(lambda: bool(letters(scene)))

        assert letters(scene)[0].startswith(CLOSED)

    async def test_they_are_told_once_an_hour(self, scene: Scene) -> None:
        scene.channel.refuses = "restricted_action"
        for turn in (1, 2):
            await scene.lab.say(scene.channel, scene.ada, "hello")
            await until(lambda turn=turn: turn in scene.turns.turns and not scene.turns.turns[turn].is_open)

        assert len(scene.lab.private(scene.channel, scene.ada)) == 1

    async def test_they_are_told_when_no_way_of_doing_so_was_open_at_first(self, scene: Scene) -> None:
        scene.lab.fail_next("chat.postMessage", error="restricted_action")
        scene.lab.fail_next("chat.postMessage", http_status=500)
        scene.lab.fail_next("chat.postEphemeral", drop="before")
        await scene.lab.say(scene.channel, scene.ada, "hello")
        await until(lambda: scene.turns.turns and not scene.turns.turns[1].is_open)

        assert await scene.lab.private_reads(scene.channel, scene.ada, CLOSED)

    async def test_what_was_shown_stays_where_the_right_is_lost_in_mid_answer(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count")
        growing = await scene.shown("One owl")
        scene.channel.refuses = "restricted_action"
        scene.backend.release()
        await scene.lab.private_reads(scene.channel, scene.ada, CLOSED)

        assert not growing.deleted
        assert growing.shown.startswith("One owl")

    async def test_what_was_updated_stays_where_the_right_is_lost_in_mid_answer(self, scene: Scene) -> None:
        scene.lab.fail_next("agents.sessions.setStatus", error="missing_scope", times=5)
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count")
        growing = await scene.shown("One owl")
        scene.channel.refuses = "restricted_action"
        scene.backend.release()
        await scene.lab.private_reads(scene.channel, scene.ada, CLOSED)

        assert not growing.deleted
        assert growing.shown.startswith("One owl")

    async def test_when_the_right_is_given_back_the_next_question_is_answered(self, scene: Scene) -> None:
        scene.channel.refuses = "restricted_action"
        await scene.lab.say(scene.channel, scene.ada, "hello")
        await scene.lab.private_reads(scene.channel, scene.ada, CLOSED)
        scene.channel.refuses = ""
        await scene.lab.say(scene.channel, scene.ada, "hello again")

        assert await scene.answered("hello again")

    async def test_the_log_names_the_place_and_what_is_missing(self, scene: Scene) -> None:
        scene.channel.refuses = "restricted_action"
        with capture_logs() as logs:
            await scene.lab.say(scene.channel, scene.ada, "hello")
            await scene.lab.private_reads(scene.channel, scene.ada, CLOSED)
        (noted,) = [each for each in logs if each["event"] == "slack.may_not_write"]

        assert (noted["channel"], noted["missing"]) == (scene.channel.id, "restricted_action")
        assert not any("hello" in str(each) for each in logs)


class TestForms:
    @pytest.fixture
    async def plain(self) -> AsyncIterator[Scene]:
        async with set_up() as scene:
            scene.lab.workspace.knows_markdown = False
            yield scene

    async def test_a_message_is_answered_in_plain_text(self, plain: Scene) -> None:
        plain.backend.say("One **owl**, `two` owls.")
        await plain.lab.say(plain.channel, plain.ada, "count")

        assert await plain.answered("One *owl*, `two` owls.")

    async def test_a_question_by_command_is_shown_and_answered(self, plain: Scene) -> None:
        plain.backend.say("In trees.")
        await plain.lab.slash(plain.channel, plain.ada, "/ask", "where do owls live?")
        await plain.answered("In trees.")

        assert any("asks:" in post.shown for post in plain.lab.posts(plain.channel))

    @pytest.mark.parametrize("command", ["/help", "/model"])
    async def test_a_command_is_answered(self, plain: Scene, command: str) -> None:
        await plain.lab.slash(plain.channel, plain.ada, command, "list" if command == "/model" else "")

        assert await plain.lab.private_reads(plain.channel, plain.ada, "model")

    async def test_a_question_for_one_person_alone_is_answered(self, plain: Scene) -> None:
        plain.backend.say("In **trees**.")
        await plain.lab.slash(plain.channel, plain.ada, "/ask", "where do owls live? private yes")

        assert await plain.lab.private_reads(plain.channel, plain.ada, "In *trees*.")

    async def test_a_long_answer_is_read_to_its_end(self, plain: Scene) -> None:
        plain.backend.say(" ".join(f"word{number}" for number in range(2_000)))
        await plain.lab.say(plain.channel, plain.ada, "count")

        assert await plain.answered("word1999")

    async def test_who_asks_in_a_closed_place_is_told(self, plain: Scene) -> None:
        plain.channel.refuses = "restricted_action"
        await plain.lab.say(plain.channel, plain.ada, "hello")

        assert await plain.lab.private_reads(plain.channel, plain.ada, CLOSED)

    async def test_the_plainer_form_is_kept_to(self, plain: Scene) -> None:
        for number in range(2):
            plain.backend.say(f"Owl {number}.")
            await plain.lab.say(plain.channel, plain.ada, "count")
            await plain.answered(f"Owl {number}.")
        asked = [call for call in plain.lab.called("chat.postMessage") if call.error]

        assert len(asked) <= 3


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("**bold** and *slanted*", "*bold* and _slanted_"),
        ("__bold__ ~~gone~~", "*bold* ~gone~"),
        ("# Owls\n\n- one\n- two", "*Owls*\n\n• one\n• two"),
        ("[words](https://h.example/a)", "<https://h.example/a|words>"),
        ("`**code**` & more", "`**code**` &amp; more"),
        ("```py\nx = a < b\n```", "```\nx = a &lt; b\n```"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("a &lt; b", "a &lt; b"),
        ("", ""),
    ],
)
def test_markdown_becomes_mrkdwn(marked: str, expected: str) -> None:
    assert to_mrkdwn(marked) == expected
