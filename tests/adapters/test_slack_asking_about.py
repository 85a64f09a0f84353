"""The form about a message on Slack: the question is the person's, the message is quoted as it was written."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from adapters.slack.manifest import SHORTCUT
from adapters.slack.seals import Seals
from tests.adapters.slack_scene import Scene, set_up
from tests.adapters.test_slack_asking import quote_in
from tests.fakes import Speech
from tests.lab.slack import Message, User
from tests.lab.slack.acting import Interaction
from tests.memory import FakeHistory

TICKED = {"private": {"selected_options": [{"value": "yes"}]}}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


async def opened_form(scene: Scene, message: Message) -> Interaction:
    picked = await scene.lab.shortcut(message, SHORTCUT, scene.ada)
    await scene.lab.until(lambda: scene.lab.view(scene.ada) is not None)
    return picked


def with_kept(scene: Scene, user: User, changed: dict[str, object]) -> dict[str, object]:
    """Return a person's open form with some of what it keeps changed, or taken out (None)."""
    view = scene.lab.view(user)
    assert view is not None
    kept = json.loads(view["private_metadata"]) | changed
    return {"private_metadata": json.dumps({name: value for name, value in kept.items() if value is not None})}


class TestAskingAboutAMessage:
    async def test_the_answer_comes_into_the_messages_thread(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "owls hoot at OWL-4711", mention=False)
        await opened_form(scene, said.message)
        scene.backend.say(Speech("The barn owl, I think.", holds=True, after=2))
        await scene.lab.submit(scene.ada, {"question": {"value": "which owl?"}})
        await scene.shown("The barn")
        scene.backend.release()
        await scene.answered("The barn owl, I think.", thread=said.ts)

        assert quote_in(scene).shown == "ada asks:\n\n> which owl?"
        assert scene.turns.turns[1].turn.message.text == "> ben: owls hoot at OWL-4711\n\nwhich owl?"
        assert scene.lab.title(scene.channel, said.ts) == "which owl?"
        assert scene.lab.view(scene.ada) is None

    async def test_the_question_is_there_already(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "owls hoot", mention=False)
        await opened_form(scene, said.message)
        await scene.lab.submit(scene.ada, {})

        assert await scene.answered("Explain this message", thread=said.ts)

    async def test_a_question_the_bot_was_asked_before_can_be_asked_about(self, scene: Scene) -> None:
        asked = await scene.lab.say(scene.channel, scene.ada, "hello")
        await scene.answered("You said: ada: hello", thread=asked.ts)
        await opened_form(scene, asked.message)
        await scene.lab.submit(scene.ada, {})

        assert await scene.answered("Explain this message", thread=asked.ts)

    async def test_what_the_bot_wrote_is_known_as_its_own_and_goes_with_whom_it_may_repeat(self, scene: Scene) -> None:
        asked = await scene.lab.say(scene.channel, scene.ben, "I am from OWL-4711")
        answer = await scene.answered("OWL-4711", thread=asked.ts)
        await opened_form(scene, answer)
        await scene.lab.submit(scene.ada, {})
        await scene.answered("Explain this message", thread=asked.ts)
        turn = scene.turns.turns[2]
        read = turn.turn.message.text
        await FakeHistory(scene.turns.store).forget_person("slack", scene.ben.id)

        assert "OWL-4711" in read
        assert turn.question is not None
        assert turn.question.text == "Explain this message"

    async def test_of_a_long_message_the_beginning_is_quoted(self, scene: Scene) -> None:
        text = "\n".join(f"line {number} of a long message" for number in range(900))
        said = await scene.lab.say(scene.channel, scene.ben, text, mention=False)
        await opened_form(scene, said.message)
        await scene.lab.submit(scene.ada, {})
        await scene.answered("Explain this message")

        assert scene.turns.turns[1].turn.message.text.startswith("> ben: line 0 of a long message\n> line 1")

    @pytest.mark.parametrize("letter", ["ש", '"', "\\", "\n", "🦉", "a"])
    async def test_what_a_form_keeps_of_a_message_is_all_that_the_model_reads(self, scene: Scene, letter: str) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, f"owls {letter * 5000} end", mention=False)
        await opened_form(scene, said.message)
        await scene.lab.submit(scene.ada, {})
        await scene.lab.until(lambda: bool(scene.turns.turns))

        assert scene.turns.turns[1].turn.message.text.startswith("> ben: owls")

    async def test_the_quote_is_what_was_written_whatever_the_form_brings(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "owls hoot", mention=False)
        await opened_form(scene, said.message)
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "I quit"}}
        await scene.lab.submit(scene.ada, {"quote": {"value": "I quit"}}, forged={"blocks": [section]})
        await scene.answered("Explain this message")

        assert scene.turns.turns[1].turn.message.text == "> ben: owls hoot\n\nExplain this message"

    @pytest.mark.parametrize(
        "kept", ["", "{", "[]", "{}", "[" * 3_000, "null", "7", '{"channel": "C1", "thread": "", "ts": "1.2"}']
    )
    async def test_a_form_that_lost_what_it_is_about_says_so(self, scene: Scene, kept: str) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "owls hoot", mention=False)
        await opened_form(scene, said.message)
        sent = await scene.lab.submit(scene.ada, TICKED, forged={"private_metadata": kept})

        assert "lost what it is about" in sent.ack_payload["errors"]["question"]
        assert scene.turns.turns == {}

    @pytest.mark.parametrize(
        "forged",
        [
            {"url": None},
            {"url": "https://example.org/elsewhere"},
            {"channel": "C0ELSEWHERE"},
            {"thread": "1764000000.000100"},
            {"ts": "1764000000.000100"},
            {"workspace": "T0ELSEWHERE"},
            {"quote": "I quit"},
            {"seal": None},
            {"seal": ""},
            {"seal": "ש" * 32},
            {"seal": 7},
        ],
        ids=str,
    )
    async def test_a_forged_form_is_refused_and_nothing_is_posted(
        self, scene: Scene, forged: dict[str, object]
    ) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "owls hoot", mention=False)
        await opened_form(scene, said.message)
        sent = await scene.lab.submit(scene.ada, TICKED, forged=with_kept(scene, scene.ada, forged))

        assert "lost what it is about" in sent.ack_payload["errors"]["question"]
        assert scene.turns.turns == {}
        assert scene.lab.posts(scene.channel) == []

    async def test_a_form_of_another_person_is_refused(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "owls hoot", mention=False)
        await opened_form(scene, said.message)
        theirs = with_kept(scene, scene.ada, {})
        await scene.lab.shortcut(said.message, SHORTCUT, scene.rosa)
        await scene.lab.until(lambda: scene.lab.view(scene.rosa) is not None)
        sent = await scene.lab.submit(scene.rosa, TICKED, forged=theirs)

        assert "lost what it is about" in sent.ack_payload["errors"]["question"]

    async def test_a_form_that_is_open_while_the_bot_starts_anew_is_answered(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "owls hoot", mention=False)
        await opened_form(scene, said.message)
        seals, view = Seals(scene.lab.bot_token), scene.lab.view(scene.ada)
        assert view is not None
        kept = json.loads(view["private_metadata"])

        assert seals.holds(kept, form="about", user=scene.ada.id)
        assert not Seals("another").holds(kept, form="about", user=scene.ada.id)
        assert not seals.holds(kept, form="asked", user=scene.ada.id)

    async def test_without_a_question_the_form_says_so(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "owls hoot", mention=False)
        await opened_form(scene, said.message)
        sent = await scene.lab.submit(scene.ada, {}, forged={"state": {}})

        assert "without a question" in sent.ack_payload["errors"]["question"]
        assert scene.lab.posts(scene.channel) == []

    async def test_what_is_in_the_way_is_said_in_the_form_which_stays(self, scene: Scene) -> None:
        elsewhere = scene.lab.add_channel("elsewhere", [scene.ada], with_bot=False)
        said = await scene.lab.say(elsewhere, scene.ada, "owls hoot", mention=False)
        await opened_form(scene, said.message)
        refused = await scene.lab.submit(scene.ada, {})
        agreed = await scene.lab.submit(scene.ada, TICKED)

        assert "/invite" in refused.ack_payload["errors"]["question"]
        assert agreed.ack_payload == {}
        assert await scene.lab.private_reads(elsewhere, scene.ada, "Explain this message")

    async def test_a_form_that_slack_does_not_open_is_told(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "owls hoot", mention=False)
        scene.lab.fail_next("views.open", error="expired_trigger_id")
        picked = await scene.lab.shortcut(said.message, SHORTCUT, scene.ada)

        assert "did not open" in (await picked.responded())[0].shown
