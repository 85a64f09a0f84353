"""What `ports.History.forget_person` promises of words that others quoted: they stay the person's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import OWN_WORDS, Address, ChatMessage, QuotedMessage, StoredAnswer, Turn, TurnState
from bot.engine.stored_text import as_stored
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, TOM, Stores, accepted, answered, said

LATER = 1_000_000
ELSEWHERE = Address("discord", "guild", "another channel")
PIAS, TOMS = QuotedMessage("I am from Oslo", "Pia", "p1"), QuotedMessage("I am from Rome", "Tom", "p2")


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


def asked(text: str, *quotes: QuotedMessage, address: Address = ELSEWHERE) -> ChatMessage:
    """Return a question of Tom's that quotes others."""
    return as_stored(replace(said(text, person=TOM, address=address), quotes=quotes))


async def texts(stores: Stores, turn: Turn) -> list[str]:
    return [message.text for message in await stores.history.recent(turn.conversation_id, before_turn=LATER)]


async def forget_pia(stores: Stores, workspace: str = "") -> int:
    return await stores.history.forget_person("discord", PIA.id, workspace=workspace)


async def test_the_persons_words_go_and_the_others_question_stays(stores: Stores) -> None:
    turn = await answered(stores, "", "Pia is from Oslo", message=asked("Where is she from?", PIAS))
    later = await answered(stores, "", "from Oslo, as I said", message=asked("Where?"))
    await forget_pia(stores)
    await answered(stores, "", "I do not know", message=asked("And now?"))

    assert await texts(stores, turn) == ["Where is she from?", "Where?", "And now?", "I do not know"]
    assert (await stores.answers.find(turn.id)).question == "Where is she from?"  # type: ignore[union-attr]
    assert (await stores.answers.find(later.id)).text == ""  # type: ignore[union-attr]


async def test_of_several_quotes_only_the_persons_go(stores: Stores) -> None:
    turn = await accepted(stores, asked("Who is right?", TOMS, PIAS, TOMS, PIAS))
    await forget_pia(stores)
    roman = "> Tom: I am from Rome\n\n"

    assert (await stores.answers.find(turn.id)).question == f"{roman}{roman}Who is right?"  # type: ignore[union-attr]
    await stores.history.forget_person("discord", "nobody")
    await stores.turns.release(turn.id, worker=ME)
    (found,) = await stores.turns.open_at(ELSEWHERE)
    assert found.message.text == f"{roman}{roman}Who is right?"


async def test_a_turn_that_waits_is_read_back_without_them(stores: Stores) -> None:
    turn = await accepted(stores, asked("Where is she from?", PIAS))
    await forget_pia(stores)
    found = await stores.turns.find(turn.id)

    assert found is not None
    assert found.message.text == "Where is she from?"


async def test_an_answer_that_is_being_written_from_them_is_not_kept(stores: Stores) -> None:
    turn = await accepted(stores, asked("Where is she from?", PIAS))
    await stores.turns.claim(ME, parallel=4)
    await forget_pia(stores)
    await stores.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "Oslo"), worker=ME)

    assert (await stores.answers.find(turn.id)).text == ""  # type: ignore[union-attr]


async def test_they_go_on_one_platform_and_in_one_workspace_alone(stores: Stores) -> None:
    slack, guild_2 = replace(ELSEWHERE, platform="slack"), replace(ELSEWHERE, workspace="guild 2")
    turns = [
        await accepted(stores, asked(f"Where {place.platform} {place.workspace}?", PIAS, address=place))
        for place in (ELSEWHERE, slack, guild_2)
    ]
    await forget_pia(stores, workspace="guild")
    found = [await stores.answers.find(turn.id) for turn in turns]

    assert ["Oslo" in answer.question for answer in found if answer] == [False, True, True]


async def test_who_quotes_and_is_forgotten_loses_the_whole_message(stores: Stores) -> None:
    turn = await answered(stores, "", "Oslo", message=asked("Where is she from?", PIAS))
    assert await stores.history.forget_person("discord", TOM.id) == 2

    assert await texts(stores, turn) == []
    assert await forget_pia(stores) == 0


async def test_a_question_that_is_nothing_but_their_words_leaves_the_context(stores: Stores) -> None:
    turn = await answered(stores, "", "Pia is from Oslo", message=asked("", PIAS, address=HERE))
    await forget_pia(stores)

    assert await texts(stores, turn) == []


async def test_quotes_of_nobody_known_stay(stores: Stores) -> None:
    turn = await answered(stores, "", "noted", message=asked("So?", QuotedMessage("I am from Oslo")))
    await forget_pia(stores)

    assert await texts(stores, turn) == ["> I am from Oslo\n\nSo?", "noted"]


# What the bot wrote, and others quote: it may repeat the person

OWN = QuotedMessage("Pia is from Oslo", "Lyceum", OWN_WORDS)
THREAD = Address(HERE.platform, HERE.workspace, HERE.channel, "another thread")


async def test_the_bots_words_that_others_quote_go_with_those_they_may_repeat(stores: Stores) -> None:
    await answered(stores, "I am from Oslo", "Pia is from Oslo")
    turn = await answered(stores, "", "yes, from Oslo", message=asked("Is that so?", OWN, TOMS, address=THREAD))
    later = await answered(stores, "", "from Oslo, as I said", message=asked("Where?", address=THREAD))
    await forget_pia(stores)

    assert (await stores.answers.find(turn.id)).question == "> Tom: I am from Rome\n\nIs that so?"  # type: ignore[union-attr]
    assert await texts(stores, later) == ["> Tom: I am from Rome\n\nIs that so?", "Where?"]


async def test_the_bots_words_about_a_quote_of_the_person_go_as_well(stores: Stores) -> None:
    await answered(stores, "", "Pia is from Oslo", message=asked("Where is she from?", PIAS, address=HERE))
    turn = await answered(stores, "", "yes", message=asked("Is that so?", OWN, address=THREAD))
    await forget_pia(stores)

    assert await texts(stores, turn) == ["Is that so?"]


@pytest.mark.parametrize("is_before", [True, False])
async def test_the_bots_words_of_elsewhere_and_of_before_stay(stores: Stores, *, is_before: bool) -> None:
    quoting = asked("Is that so?", OWN, address=THREAD if is_before else ELSEWHERE)
    turn = await answered(stores, "", "yes", message=quoting) if is_before else None
    await answered(stores, "I am from Oslo", "noted")
    turn = turn or await answered(stores, "", "yes", message=quoting)
    await forget_pia(stores)

    assert await texts(stores, turn) == ["> “Lyceum”: Pia is from Oslo\n\nIs that so?", "yes"]
