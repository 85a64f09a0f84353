"""What `ports.Answers` promises, and `ports.Turns` of turns that answer a question again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Address, CommandCall, Person, Source, StoredAnswer, Turn, TurnState
from bot.errors import UserError
from bot.ports import Answer, Rating, Verdict
from tests.clocks import NOON
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, TOM, Stores, accepted, answered, said

LATER = 1_000_000
OTHER = "another worker"
SOURCES = (Source("Tides", "https://lessons.example/tides"), Source("גאות", "", is_stale=True))
GOOD, BAD = Verdict.GOOD, Verdict.BAD


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


def call(event_id: str = "press", *, person: Person = PIA, address: Address = HERE) -> CommandCall:
    return CommandCall(event_id=event_id, address=address, person=person, command="again")


async def pressed(stores: Stores, turn_id: int, event_id: str = "press", *, continues: bool = False) -> Turn:
    turn = await stores.turns.accept_press(call(event_id), turn_id=turn_id, continues=continues, worker=ME)
    assert turn is not None
    return turn


async def finished(stores: Stores, turn: Turn, text: str, *, sources: tuple[Source, ...] = ()) -> None:
    stored = StoredAnswer(TurnState.ANSWERED, text, model="m2", sources=sources)
    assert await stores.turns.finish(turn.id, stored, worker=ME)


async def why(stores: Stores, turn_id: int, event_id: str = "another press", *, continues: bool = False) -> str:
    with pytest.raises(UserError) as refused:
        await stores.turns.accept_press(call(event_id), turn_id=turn_id, continues=continues, worker=ME)
    return refused.value.key


async def texts(stores: Stores, turn: Turn) -> list[str]:
    return [message.text for message in await stores.history.recent(turn.conversation_id, before_turn=LATER)]


async def test_an_answer_is_found_with_its_question_and_all_that_is_kept_of_it(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))
    await stores.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "1", model="m", sources=SOURCES), worker=ME)

    assert await stores.answers.find(turn.id) == Answer(
        turn_id=turn.id,
        question_turn=turn.id,
        address=HERE,
        asker=PIA,
        question="one",
        text="1",
        sources=SOURCES,
        model="m",
        is_newest=True,
    )


async def test_what_is_not_answered_yet_is_found_open_and_what_is_unknown_is_not(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))

    found = await stores.answers.find(turn.id)

    assert found
    assert (found.is_open, found.is_newest, found.text) == (True, False, "")
    assert await stores.answers.find(turn.id + 1) is None


async def test_a_withdrawn_question_and_its_answer_are_not_found(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    again = await pressed(stores, turn.id)
    await finished(stores, again, "2")
    await stores.history.withdraw(HERE, message_id="message of one")

    assert [await stores.answers.find(turn.id), await stores.answers.find(again.id)] == [None, None]


async def test_a_press_makes_a_turn_about_the_question_with_all_that_a_reply_needs(stores: Stores) -> None:
    message = replace(said("one"), direct=True, reply_to="m0", lessons_only=True)
    turn = await answered(stores, "one", "1", message=message)

    again = await pressed(stores, turn.id)

    assert again.message == replace(message, event_id="press")
    assert (again.about, again.question_turn, again.continues) == (turn.id, turn.id, False)
    assert again.conversation_id == turn.conversation_id
    assert await stores.elsewhere.find(again.id) == again


async def test_who_presses_lends_only_the_language(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    admin = replace(TOM, is_admin=True, locale="he")

    again = await stores.turns.accept_press(call(person=admin), turn_id=turn.id, continues=False, worker=ME)

    assert again
    assert again.message.person == replace(PIA, locale="he")


async def test_a_press_is_taken_once_however_often_it_arrives(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    copies = await asyncio.gather(
        *(stores.turns.accept_press(call(), turn_id=turn.id, continues=False, worker=ME) for _ in range(8)),
        *(stores.elsewhere.accept_press(call(), turn_id=turn.id, continues=False, worker=OTHER) for _ in range(8)),
    )

    assert len([copy for copy in copies if copy]) == 1


async def test_presses_that_reach_two_processes_together_make_one_turn(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    presses = await asyncio.gather(
        *(stores.turns.accept_press(call(f"a{n}"), turn_id=turn.id, continues=False, worker=ME) for n in range(4)),
        *(stores.elsewhere.accept_press(call(f"b{n}"), turn_id=turn.id, continues=False, worker=ME) for n in range(4)),
        return_exceptions=True,
    )

    assert sorted(type(press).__name__ for press in presses) == [*["AnswerRunning"] * 7, "Turn"]


async def test_a_refused_press_may_be_pressed_again_later(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    again = await pressed(stores, turn.id)
    refused = [await why(stores, turn.id), await why(stores, again.id)]
    await finished(stores, again, "2")

    assert refused == ["error.answer_running"] * 2
    assert (await pressed(stores, turn.id, "another press")).about == turn.id


async def test_a_question_that_is_gone_is_not_answered_again(stores: Stores) -> None:
    withdrawn, forgotten = await answered(stores, "one", "1"), await answered(stores, "two", "2")
    await stores.history.withdraw(HERE, message_id="message of one")
    refused = await why(stores, withdrawn.id)
    await stores.history.forget_person("discord", PIA.id)

    assert {refused, await why(stores, forgotten.id), await why(stores, LATER)} == {"error.answer_gone"}


async def test_the_newest_answer_stands_where_the_one_before_stood(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    await answered(stores, "two", "2")
    again = await pressed(stores, turn.id)
    during = await texts(stores, turn)
    await finished(stores, again, "first", sources=SOURCES)

    assert during == ["one", "1", "two", "2"]
    assert await texts(stores, turn) == ["one", "first", "two", "2"]
    found = [await stores.answers.find(each.id) for each in (turn, again)]
    assert [(each.text, each.model, each.sources, each.is_newest) for each in found if each] == [
        ("first", "m", SOURCES, False),
        ("first", "m2", SOURCES, True),
    ]


async def test_a_turn_without_words_leaves_the_answer_before(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    again = await pressed(stores, turn.id)
    await stores.turns.finish(again.id, StoredAnswer(TurnState.FAILED, "", error_key="error.x"), worker=ME)
    found = await stores.answers.find(turn.id)

    assert await texts(stores, turn) == ["one", "1"]
    assert found
    assert found.is_newest


async def test_a_question_that_failed_is_answered_in_its_place(stores: Stores) -> None:
    failed = await accepted(stores, said("one"))
    await stores.turns.finish(failed.id, StoredAnswer(TurnState.FAILED, "", error_key="error.x"), worker=ME)
    await answered(stores, "two", "2")
    await finished(stores, await pressed(stores, failed.id), "1")

    assert await texts(stores, failed) == ["one", "1", "two", "2"]


@pytest.mark.parametrize(
    ("begun", "more", "whole"),
    [("It beg", "ins.", "It beg ins."), ("one\n", "two", "one\ntwo"), ("one", " two", "one two")],
)
async def test_what_goes_on_stands_at_the_end_of_the_answer(stores: Stores, begun: str, more: str, whole: str) -> None:
    turn = await answered(stores, "one", begun)
    on = await pressed(stores, turn.id, continues=True)
    await finished(stores, on, more)

    assert on.continues
    assert await texts(stores, turn) == ["one", whole]
    assert (await pressed(stores, on.id, "on", continues=True)).about == turn.id


async def test_only_the_newest_words_are_gone_on_from(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    silent = await accepted(stores, said("two"))
    await stores.turns.finish(silent.id, StoredAnswer(TurnState.STOPPED, ""), worker=ME)
    await finished(stores, await pressed(stores, turn.id), "first")

    assert await why(stores, turn.id, continues=True) == "error.answer_replaced"
    assert await why(stores, silent.id, continues=True) == "error.answer_replaced"


async def test_a_turn_about_a_question_is_claimed_taken_over_and_finished_elsewhere(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    again = await pressed(stores, turn.id, continues=True)
    claimed = list(await stores.turns.claim(ME, parallel=4))
    await stores.turns.release(again.id, worker=ME)
    adopted = await stores.elsewhere.adopt(OTHER, platform="discord")
    stored = StoredAnswer(TurnState.ANSWERED, "more")

    assert claimed == [again.id]
    assert adopted == [replace(again, attempt=1)]
    assert await stores.elsewhere.finish(again.id, stored, worker=OTHER)
    assert await stores.turns.finish(again.id, stored, worker=ME) is False
    assert await texts(stores, turn) == ["one", "1 more"]


async def test_a_withdrawn_question_ends_the_turn_about_it_and_keeps_no_word(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    running = await pressed(stores, turn.id)
    await stores.turns.claim(ME, parallel=4)
    await stores.history.withdraw(HERE, message_id="message of one")
    outlook = await stores.turns.look(ME)
    await finished(stores, running, "first")

    assert outlook.stopped == {running.id}
    assert await texts(stores, turn) == []


async def test_an_orphan_about_a_withdrawn_question_is_closed_and_not_taken_over(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    again = await pressed(stores, turn.id)
    await stores.turns.release(again.id, worker=ME)
    await stores.history.withdraw(HERE, message_id="message of one")

    assert list(await stores.elsewhere.adopt(OTHER, platform="discord")) == []
    assert await stores.turns.find(again.id) is None


async def test_words_that_may_repeat_what_was_forgotten_meanwhile_are_not_kept(stores: Stores) -> None:
    await answered(stores, "zero", "0")
    toms = await answered(stores, "one", "1", message=said("one", person=TOM))
    again = await pressed(stores, toms.id)
    await stores.turns.claim(ME, parallel=4)
    await stores.history.forget_person("discord", PIA.id)
    await finished(stores, again, "zero, you said")

    assert await texts(stores, toms) == ["one"]


async def test_an_answer_made_anew_after_a_person_was_forgotten_is_kept(stores: Stores) -> None:
    await answered(stores, "zero", "0")
    toms = await answered(stores, "one", "1", message=said("one", person=TOM))
    await stores.history.forget_person("discord", PIA.id)
    await finished(stores, await pressed(stores, toms.id), "first")

    assert await texts(stores, toms) == ["one", "first"]


async def test_a_question_expires_with_the_answers_made_later(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    stores.clock.advance(60)
    again = await pressed(stores, turn.id)
    await finished(stores, again, "first")
    erased = await stores.history.expire(before=NOON + timedelta(seconds=30))

    assert erased == 2
    assert await stores.answers.find(again.id) is None
    assert await texts(stores, turn) == []


async def test_an_answer_is_published_once(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    together = await asyncio.gather(*(stores.answers.publish(turn.id) for _ in range(8)))

    assert sorted(together) == [False] * 7 + [True]


async def test_what_was_not_shown_after_all_may_be_published_again(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    await stores.answers.publish(turn.id)
    await stores.answers.unpublish(turn.id)

    assert await stores.answers.publish(turn.id)


async def test_what_is_open_gone_or_unknown_is_neither_published_nor_rated(stores: Stores) -> None:
    gone, running = await answered(stores, "one", "1"), await accepted(stores, said("two"))
    await stores.history.withdraw(HERE, message_id="message of one")
    ids = (gone.id, running.id, LATER)

    assert [await stores.answers.publish(turn_id) for turn_id in ids] == [False] * 3
    assert [await stores.answers.rate(turn_id, "p1", GOOD, reason="") for turn_id in ids] == [False] * 3
    assert list(await stores.answers.ratings()) == []


async def test_each_person_has_one_rating_of_an_answer_and_the_last_one_counts(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    await stores.answers.rate(turn.id, PIA.id, GOOD, reason="")
    stores.clock.advance(1)
    await stores.answers.rate(turn.id, TOM.id, GOOD, reason="שלום\n\"'; --")
    stores.clock.advance(1)
    await stores.answers.rate(turn.id, PIA.id, BAD, reason="wrong")

    assert list(await stores.answers.ratings()) == [
        Rating("m", GOOD, "שלום\n\"'; --", NOON + timedelta(seconds=1)),
        Rating("m", BAD, "wrong", NOON + timedelta(seconds=2)),
    ]


async def test_a_rating_is_of_the_answer_it_was_given_to(stores: Stores) -> None:
    turn = await answered(stores, "one", "1")
    await stores.answers.rate(turn.id, PIA.id, BAD, reason="")
    again = await pressed(stores, turn.id)
    await finished(stores, again, "first")
    stores.clock.advance(1)
    await stores.answers.rate(again.id, PIA.id, GOOD, reason="")

    assert [(rating.model, rating.verdict) for rating in await stores.answers.ratings()] == [("m", BAD), ("m2", GOOD)]


async def rated(stores: Stores) -> Turn:
    """Let Pia ask, twice answered, and both rate the newer answer, Tom the older one as well."""
    turn = await answered(stores, "one", "1")
    again = await pressed(stores, turn.id)
    await finished(stores, again, "first")
    await stores.answers.rate(turn.id, TOM.id, BAD, reason="old")
    await stores.answers.rate(again.id, TOM.id, BAD, reason="toms")
    await stores.answers.rate(again.id, PIA.id, GOOD, reason="pias")
    return turn


async def test_ratings_go_with_the_question(stores: Stores) -> None:
    await rated(stores)
    await stores.history.withdraw(HERE, message_id="message of one")

    assert list(await stores.answers.ratings()) == []


async def test_ratings_go_with_the_person_who_asked(stores: Stores) -> None:
    await rated(stores)
    await stores.history.forget_person("discord", PIA.id)

    assert list(await stores.answers.ratings()) == []


@pytest.mark.parametrize(("platform", "workspace"), [("discord", ""), ("discord", "guild")])
async def test_ratings_go_with_the_person_who_gave_them(stores: Stores, platform: str, workspace: str) -> None:
    await rated(stores)
    await stores.history.forget_person(platform, TOM.id, workspace=workspace)

    assert [rating.reason for rating in await stores.answers.ratings()] == ["pias"]


@pytest.mark.parametrize(("platform", "workspace"), [("slack", ""), ("discord", "another guild")])
async def test_ratings_given_elsewhere_stay(stores: Stores, platform: str, workspace: str) -> None:
    await rated(stores)
    await stores.history.forget_person(platform, TOM.id, workspace=workspace)

    assert len(await stores.answers.ratings()) == 3


async def test_reasons_that_may_repeat_what_was_forgotten_go_and_the_verdict_stays(stores: Stores) -> None:
    await answered(stores, "zero", "0")
    toms = await answered(stores, "one", "1", message=said("one", person=TOM))
    await stores.answers.rate(toms.id, TOM.id, BAD, reason="it repeats what Pia said")
    await stores.history.forget_person("discord", PIA.id)

    assert [(rating.verdict, rating.reason) for rating in await stores.answers.ratings()] == [(BAD, "")]


async def test_ratings_expire_with_their_turns(stores: Stores) -> None:
    await rated(stores)
    stores.clock.advance(60)
    await stores.history.expire(before=NOON + timedelta(seconds=30))

    assert list(await stores.answers.ratings()) == []
