"""`/stop` and `/forget`: a person ends what runs for them, and takes back what they said."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Address, Completion, FinishReason, Notice
from bot.engine.access import Access
from bot.engine.command_parsing import parse_mention, parse_slash
from bot.errors import UserError
from bot.i18n import LOCALES, sentence, sentences
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, THREAD, Heard, Talk, heard, until
from tests.fakes import Speech

ELSEWHERE = Address("lab", "W1", "C7")


async def answering(talk: Talk, got: Heard) -> asyncio.Task[Heard]:
    """Let Dana's question be answered up to the second word and no further."""
    talk.backend.say(Speech(text="one two three", holds=True, after=2))
    turn = await talk.accept("Count.")
    hearing = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    return hearing


async def test_stop_ends_the_askers_own_answer_and_keeps_its_words() -> None:
    talk, got = Talk(), Heard()
    hearing = await answering(talk, got)

    said = await talk.command("stop")
    await asyncio.wait_for(hearing, timeout=5)

    assert said.notices == ["stop.done"]
    assert got.text
    assert got.of(Completion)[0].reason is FinishReason.STOPPED


async def test_another_person_cannot_stop_it_and_an_admin_can() -> None:
    talk, got = Talk(), Heard()
    hearing = await answering(talk, got)

    with pytest.raises(UserError) as refused:
        await talk.command("stop", person=NOAM)
    await talk.command("stop", person=BOSS)
    await asyncio.wait_for(hearing, timeout=5)

    assert refused.value.key == "error.not_your_answer"


async def test_stop_without_anything_to_stop_says_so() -> None:
    talk = Talk()

    with pytest.raises(UserError) as told:
        await talk.command("stop")

    assert told.value.key == "error.nothing_to_stop"


async def test_stop_reaches_no_other_conversation() -> None:
    talk, got = Talk(), Heard()
    hearing = await answering(talk, got)

    with pytest.raises(UserError):
        await talk.command("stop", at=THREAD)
    await talk.command("stop")
    await asyncio.wait_for(hearing, timeout=5)

    assert got.of(Completion)


async def test_forget_says_first_what_would_go_and_erases_nothing() -> None:
    talk = Talk()
    await talk.say("The word is OWL-1.")

    said = await talk.command("forget")
    await talk.say("What is the word?")

    assert said.notices == ["forget.ask"]
    assert "OWL-1" in "".join(talk.prompts()[-1])


async def test_forget_confirmed_erases_what_the_person_said_everywhere() -> None:
    talk = Talk()
    talk.backend.say("Noted.", "Noted.", "Noted.")
    await talk.say("The word is OWL-1.")
    await talk.say("The word is OWL-2.", at=ELSEWHERE)
    await talk.say("Mine is OWL-3.", person=NOAM)

    said = await talk.command("forget", confirm="yes")
    await talk.say("What is the word?", person=NOAM)
    here = "".join(talk.prompts()[-1])
    await talk.say("What is the word?", person=NOAM, at=ELSEWHERE)
    there = "".join(talk.prompts()[-1])

    assert said.of(Notice) == [Notice("forget.done", {"count": 4, "days": 30})]
    assert "OWL-1" not in here
    assert "OWL-3" in here
    assert "OWL-2" not in there


async def test_forget_takes_back_the_persons_own_choices() -> None:
    talk = Talk()
    await talk.command("model use", name="mistral:7b")
    await talk.command("forget", confirm="yes")

    assert await talk.choices.chain(ROOM, DANA.id) == []


async def test_forget_with_nothing_kept_says_so() -> None:
    talk = Talk()

    assert (await talk.command("forget", confirm="yes")).notices == ["forget.none"]


async def test_forget_leaves_other_platforms_alone() -> None:
    talk = Talk()
    there = replace(ROOM, platform="other")
    await talk.say("The word is OWL-1.", at=there)
    await talk.command("forget", confirm="yes")
    await talk.say("What is the word?", at=there)

    assert "OWL-1" in "".join(talk.prompts()[-1])


@pytest.mark.parametrize("typed", ["yes", "confirm yes", "confirm:yes", "YES", "confirm:YES"])
def test_the_second_word_is_understood_as_people_type_it(typed: str) -> None:
    assert parse_slash("forget", typed) == ("forget", {"confirm": "yes"})


@pytest.mark.parametrize("typed", ["no", "confirm no", "yes please", "everything"])
def test_another_second_word_erases_nothing(typed: str) -> None:
    with pytest.raises(UserError):
        parse_slash("forget", typed)


@pytest.mark.parametrize(
    ("typed", "call"),
    [
        ("stop", ("stop", {})),
        ("/forget", ("forget", {})),
        ("forget yes", ("forget", {"confirm": "yes"})),
        ("stop worrying and write", None),
        ("forget it", None),
    ],
)
def test_they_are_told_from_messages(typed: str, call: object) -> None:
    assert parse_mention(typed) == call


@pytest.mark.parametrize("locale", LOCALES)
def test_the_question_before_erasing_names_the_command(locale: str) -> None:
    assert "/forget yes" in sentence(Notice("forget.ask", {"command": "/forget yes"}), locale)
    assert "30" in sentences(locale)["forget.done"].format(count=2, days=30)


@pytest.mark.parametrize("lists", [{"blocked": "lab:U1"}, {"channels": "lab:C9"}, {"workspaces": "lab:W9"}])
async def test_who_may_not_speak_can_still_be_forgotten_and_nothing_else(lists: dict[str, str]) -> None:
    talk = Talk(access=Access(**{name: frozenset({listed}) for name, listed in lists.items()}))

    assert (await talk.command("forget", confirm="yes")).notices == ["forget.none"]
    for command in ("help", "reset", "stop", "model why"):
        with pytest.raises(UserError):
            await talk.command(command)
