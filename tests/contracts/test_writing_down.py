"""What `ports.Turns.write_down` promises: what a recording says is stored with its question, and erased with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import QuotedMessage, StoredAnswer, Turn, TurnState
from bot.engine.stored_text import as_stored
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, TOM, Stores, accepted, said

NOTE = "[Not heard.]"
OTHER = "other worker"
LATER = 1_000_000
SPOKEN = QuotedMessage("> Pia: I am from Oslo\n\n", "Pia", PIA.id)


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def asked(stores: Stores, text: str = NOTE, *quotes: QuotedMessage) -> Turn:
    """Accept a question that came with a recording of Pia's, too."""
    stored = as_stored(replace(said(text, person=TOM), quotes=quotes))
    unheard = QuotedMessage("", author_id=PIA.id)
    return await accepted(stores, replace(stored, quotes=(*stored.quotes, unheard)))


async def texts(stores: Stores, turn: Turn) -> list[str]:
    return [each.text for each in await stores.history.recent(turn.conversation_id, before_turn=LATER)]


async def finished(stores: Stores, turn: Turn, answer: str) -> None:
    await stores.turns.claim(ME, parallel=4)
    await stores.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, answer), worker=ME)


async def test_the_words_stand_in_the_place_of_the_note(stores: Stores) -> None:
    turn = await asked(stores, f"Is it so?\n\n{NOTE}")
    text = await stores.turns.write_down(turn.id, worker=ME, note=NOTE, words="hello")
    found = await stores.turns.find(turn.id)

    assert text == "Is it so?\n\nhello"
    assert found is not None
    assert found.message.text == text


async def test_they_are_read_by_later_prompts(stores: Stores) -> None:
    turn = await asked(stores)
    await stores.turns.write_down(turn.id, worker=ME, note=NOTE, words="hello")
    await finished(stores, turn, "hi")

    assert await texts(stores, turn) == ["hello", "hi"]


async def test_whoever_lost_the_turn_writes_nothing(stores: Stores) -> None:
    turn = await asked(stores)
    await stores.turns.write_down(turn.id, worker=OTHER, note=NOTE, words="hello")
    await finished(stores, turn, "hi")

    assert await stores.turns.write_down(turn.id, worker=OTHER, note=NOTE, words="hello") is None
    assert await texts(stores, turn) == [NOTE, "hi"]


async def test_what_was_withdrawn_is_not_brought_back(stores: Stores) -> None:
    turn = await asked(stores)
    await stores.history.withdraw(HERE, message_id=turn.message.message_id)

    assert await stores.turns.write_down(turn.id, worker=ME, note=NOTE, words="hello") is None
    assert await texts(stores, turn) == []


async def test_a_closed_turn_stays_as_it_is(stores: Stores) -> None:
    turn = await asked(stores)
    await finished(stores, turn, "hi")

    assert await stores.turns.write_down(turn.id, worker=ME, note=NOTE, words="hello") is None


async def test_a_note_in_anothers_words_is_left_alone(stores: Stores) -> None:
    turn = await asked(stores, NOTE, QuotedMessage(NOTE, "Pia", PIA.id))

    assert await stores.turns.write_down(turn.id, worker=ME, note=NOTE, words="hello") == f"> Pia: {NOTE}\n\nhello"


async def test_anothers_words_stand_behind_those_that_are_quoted(stores: Stores) -> None:
    turn = await asked(stores, "Who is right?", QuotedMessage("I am from Rome", "Tom", TOM.id))
    text = await stores.turns.write_down(turn.id, worker=ME, note=NOTE, words="", quotes=[SPOKEN])

    assert text == "> Tom: I am from Rome\n\n> Pia: I am from Oslo\n\nWho is right?"


async def test_anothers_words_go_when_they_have_theirs_erased(stores: Stores) -> None:
    turn = await asked(stores, "Where is she from?")
    await stores.turns.write_down(turn.id, worker=ME, note=NOTE, words="", quotes=[SPOKEN])
    await finished(stores, turn, "Oslo")
    await stores.history.forget_person("discord", PIA.id, workspace="")

    assert await texts(stores, turn) == ["Where is she from?"]


async def test_anothers_words_that_come_when_they_have_theirs_erased_are_left_out(stores: Stores) -> None:
    turn = await asked(stores, f"Where is she from?\n\n{NOTE}")
    await stores.history.forget_person("discord", PIA.id, workspace="")
    text = await stores.turns.write_down(turn.id, worker=ME, note=NOTE, words="hello", quotes=[SPOKEN])

    assert text == "Where is she from?\n\nhello"


async def test_a_recording_that_nobody_has_heard_is_no_words_of_anothers(stores: Stores) -> None:
    await asked(stores, "Where is she from?")

    assert (await stores.history.record_of("discord", PIA.id)).quoted == ()


async def test_ones_own_words_go_when_one_has_them_erased(stores: Stores) -> None:
    turn = await asked(stores)
    await stores.turns.write_down(turn.id, worker=ME, note=NOTE, words="hello")
    await stores.history.forget_person("discord", TOM.id, workspace="")

    assert await texts(stores, turn) == []
