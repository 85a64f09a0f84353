"""What one person asks for their own eyes: a conversation of its own, until they show an answer to everybody."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

import pytest

from bot.domain import Completion, Delta, Source, Sources, StoredAnswer, TurnState, private_thread
from bot.errors import UserError
from tests.engine.lesson_talk import class_room
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, Heard, Talk, accepted, heard
from tests.fakes import Speech

MINE = replace(ROOM, thread=private_thread(DANA.id))
SOURCES = (Source("Tides", "https://lessons.example/tides"),)


async def privately(talk: Talk, text: str = "What is\na tide?") -> Heard:
    return await talk.say(text, at=MINE, direct=True)


async def refused(talk: Talk, answer: Heard, **how: object) -> str:
    with pytest.raises(UserError) as error:
        await talk.press_under(answer, "publish", **how)  # type: ignore[arg-type]
    return error.value.key


async def test_the_channel_and_the_private_conversation_read_nothing_of_each_other() -> None:
    talk = Talk()
    await talk.say("The word is OWL-1.")
    await privately(talk, "The word is OWL-2.")
    await talk.say("What is the word?")
    await privately(talk, "What is the word?")

    assert "OWL-2" not in "".join(talk.prompts()[2])
    assert "OWL-1" not in "".join(talk.prompts()[3])
    assert "OWL-2" in "".join(talk.prompts()[3])


async def test_shown_to_everyone_are_the_question_with_its_asker_the_answer_and_its_sources() -> None:
    talk = Talk()
    turn = await talk.accept("What is\na tide?", at=MINE, direct=True)
    stored = StoredAnswer(TurnState.ANSWERED, "Water that comes.", model="m", sources=SOURCES)
    await talk.turns.finish(turn.id, stored, worker="first")

    shown = await talk.command("publish", turn=str(turn.id))

    assert shown.text == "> Dana: What is\n> a tide?\n\nWater that comes."
    assert shown.of(Sources) == [Sources(SOURCES)]
    assert isinstance(shown.parts[-1], Completion)


async def test_reasoning_that_is_stored_in_an_answer_is_not_shown_with_it() -> None:
    talk = Talk()
    turn = await talk.accept("What is a tide?", at=MINE, direct=True)
    stored = StoredAnswer(TurnState.ANSWERED, "They ask of water.\n</think>\n\nWater that comes.", model="m")
    await talk.turns.finish(turn.id, stored, worker="first")

    assert (await talk.command("publish", turn=str(turn.id))).text == "> Dana: What is a tide?\n\nWater that comes."


async def test_an_answer_is_shown_once() -> None:
    talk = Talk()
    answer = await privately(talk)
    await talk.press_under(answer, "publish")

    assert await refused(talk, answer) == "error.published"


async def test_an_answer_that_could_not_be_shown_may_be_pressed_again() -> None:
    talk = Talk()
    answer = await privately(talk)
    async with aclosing(talk.engine.execute(talk.call(answer.button("publish")))) as parts:
        async for part in parts:
            if isinstance(part, Delta):
                break
    async with aclosing(talk.engine.execute(talk.call(answer.button("publish")))) as parts:
        async for part in parts:
            if isinstance(part, Completion):
                break

    assert (await talk.press_under(answer, "publish")).text


async def test_only_the_asker_shows_it() -> None:
    talk = Talk()
    answer = await privately(talk)

    assert await refused(talk, answer, person=NOAM) == "error.answer_gone"
    assert await refused(talk, answer, person=BOSS) == "error.answer_gone"
    assert await refused(talk, answer, at=replace(ROOM, channel="C2")) == "error.answer_gone"


async def test_an_admin_cannot_have_anothers_private_question_answered_again() -> None:
    talk = Talk()
    answer = await privately(talk)

    with pytest.raises(UserError) as told:
        await talk.press_under(answer, "again", person=BOSS)

    assert told.value.key == "error.answer_gone"


async def test_what_everybody_reads_already_is_not_shown_again() -> None:
    talk = Talk()
    await talk.say("Hi")
    turn_id = max(talk.store.turns)

    with pytest.raises(UserError) as told:
        await talk.command("publish", turn=str(turn_id))

    assert told.value.key == "error.published"


async def test_an_answer_that_was_made_again_is_shown_from_its_own_button() -> None:
    talk = Talk()
    talk.backend.say("Water.", "The moon.")
    answer = await privately(talk)
    again = await talk.press_under(answer, "again", at=MINE)

    assert await refused(talk, answer) == "error.answer_replaced"
    assert (await talk.press_under(again, "publish")).text.endswith("\n\nThe moon.")


async def test_a_shown_answer_is_not_in_the_channels_context() -> None:
    talk = Talk()
    await talk.press_under(await privately(talk, "The word is OWL-2."), "publish")
    await talk.say("What is the word?")

    assert "OWL-2" not in "".join(talk.prompts()[-1])


async def test_the_channels_choices_hold_and_there_is_no_thread_to_choose_for() -> None:
    talk = Talk()
    await talk.command("model use", name="mistral:7b", for_="channel", person=BOSS)
    await privately(talk)
    channels = talk.backend.requests[-1].model
    await talk.command("model use", name="olmo2:7b")
    await privately(talk)

    assert (channels, talk.backend.requests[-1].model) == ("mistral:7b", "olmo2:7b")
    assert "level.thread" not in str((await talk.command("model why", at=MINE)).parts)
    with pytest.raises(UserError):
        await talk.command("model use", name="olmo2:7b", for_="thread", at=MINE)


async def test_a_choice_made_in_the_private_conversation_holds_in_its_channel() -> None:
    talk = Talk()
    await talk.command("model use", name="olmo2:7b", at=MINE)
    await talk.say("Hi")

    assert talk.backend.requests[-1].model == "olmo2:7b"


async def test_it_is_reset_and_forgotten_as_every_other() -> None:
    talk = Talk()
    await privately(talk, "The word is OWL-2.")
    await talk.command("reset", at=MINE)
    await privately(talk, "What is the word?")
    after_reset = "".join(talk.prompts()[-1])
    erased = await talk.command("forget", confirm="yes")

    assert "OWL-2" not in after_reset
    assert erased.notices == ["forget.done"]


async def test_stop_in_the_channel_reaches_the_persons_private_answer() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="one", holds=True))
    await talk.accept("Count.", at=MINE, direct=True)

    assert (await talk.command("stop")).notices == ["stop.done"]
    with pytest.raises(UserError):
        await talk.command("stop", person=NOAM)


async def test_what_the_lessons_answered_privately_is_shown_with_the_lessons_it_cites() -> None:
    talk = await class_room()
    talk.backend.say("Mistral 7B was published under Apache 2.0 [1].")
    asked = replace(talk.message("Which licence is Mistral 7B under?", at=MINE, direct=True), lessons_only=True)
    turn = await accepted(talk.engine, asked)
    assert turn
    answer = await heard(talk.engine.reply(turn))

    shown = await talk.press_under(answer, "publish")

    assert "continue" not in answer.labels
    assert shown.of(Sources) == answer.of(Sources)[-1:]
    assert shown.text.endswith(answer.text)


async def test_a_lessons_answer_is_made_again_from_the_lessons() -> None:
    talk = await class_room()
    talk.backend.say(*["Mistral 7B was published under Apache 2.0 [1]."] * 2)
    answer = await talk.ask("Which licence is Mistral 7B under?")
    again = await talk.press_under(answer, "again")

    assert again.of(Sources) == answer.of(Sources)
    assert talk.prompts()[-1] == talk.prompts()[0]


async def test_nobody_acts_in_the_private_conversation_of_another_whatever_a_form_says() -> None:
    talk = Talk()
    hers = replace(ROOM, thread=private_thread(DANA.id))
    await talk.say("the owl is OWL-4711", at=hers, direct=True)

    for person in (NOAM, BOSS):
        with pytest.raises(UserError) as reset:
            await talk.command("reset", person=person, at=hers)
        with pytest.raises(UserError):
            await talk.accept("which owl?", person=person, at=hers)
        assert reset.value.key == "error.answer_gone"
    assert "OWL-4711" in (await talk.say("which owl?", at=hers, direct=True)).text
