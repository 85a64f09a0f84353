from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.counts import Counts, Excuses, count
from tests.chaos.plan import Oddity, Plan, Question, Spot, answer_to, make_plan, oddity_in
from tests.chaos.report import complaints
from tests.chaos.run import SETTLED_WITHIN_S, run
from tests.chaos.storm import ACCEPTED_WITHIN_S
from tests.chaos.walls import Seen

MESSAGES, SEED = 60, 3
ASKED = Question(1, 0, 3, ()), Question(2, 0, 2, ())
DM = Plan(seed=0, messages=2, spots=(Spot(0, "discord", "dm", list(ASKED)),), troubles=())


# Each wait of a storm has its own bound; a loaded machine may need them.
@pytest.mark.timeout(ACCEPTED_WITHIN_S + SETTLED_WITHIN_S)
async def test_every_message_of_a_storm_has_one_answer_in_order(tmp_path: Path) -> None:
    result = await run(make_plan(SEED, MESSAGES), tmp_path)

    assert result.kills > 0
    assert result.is_perfect, complaints(result)


def test_the_same_seed_decides_the_same_storm() -> None:
    assert make_plan(SEED, MESSAGES) == make_plan(SEED, MESSAGES)
    assert make_plan(SEED, MESSAGES) != make_plan(SEED + 1, MESSAGES)


def test_the_model_answers_with_words_that_say_whose_they_are() -> None:
    assert answer_to(f"Ada: {ASKED[0].text}") == "m1w1 m1w2 m1w3"


def test_a_storm_of_any_length_has_every_kind_of_trouble() -> None:
    plan = make_plan(SEED, MESSAGES)
    kinds = {type(trouble).__name__ for trouble in plan.troubles}
    oddities = {question.oddity for question in make_plan(SEED, 200).questions.values()}

    assert kinds == {"Kill", "Lock", "Fault", "HostAway", "Closing", "ClockTurned"}
    assert oddities == set(Oddity)


@pytest.mark.parametrize(
    ("oddity", "expected"),
    [
        (Oddity.LINE, "m2w1 \nbadlink\n m2w2"),
        (Oddity.WHOLE, "badlink and no more."),
        (Oddity.POISONED, "m2w1 m2w2"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_in_its_question(oddity: Oddity, expected: str) -> None:
    question = Question(2, 0, 2, (), oddity)

    assert answer_to(f"Ada: {question.text}") == expected
    assert oddity_in(f"Ada: {question.text}") is oddity


def seen(position: str, *words: tuple[int, int], about: int = 0, is_running: bool = False) -> Seen:
    return Seen(position, "said", words, about, is_running, float(position) if words else None)


WHOLE = seen("5", (1, 1), (1, 2), (1, 3)), seen("6", (2, 1), (2, 2))


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        (WHOLE, Counts(answered=[1, 2])),
        ((seen("4", (1, 1)), seen("5", (1, 2), (1, 3)), WHOLE[1]), Counts(answered=[1, 2])),
        ((WHOLE[1],), Counts(answered=[2], lost=[1])),
        ((WHOLE[0], seen("6", (2, 1))), Counts(answered=[1], lost=[2])),
        ((*WHOLE, seen("7", (1, 1))), Counts(answered=[2], doubled=[1])),
        ((*WHOLE, seen("7", about=2)), Counts(answered=[1], doubled=[2])),
        ((WHOLE[0], seen("7", about=2)), Counts(answered=[1], explained=[2])),
        ((*WHOLE, seen("7", about=2, is_running=True)), Counts(answered=[1, 2], unfinished=[2])),
        ((*WHOLE, seen("7")), Counts(answered=[1, 2], nobodys=["said"])),
        (
            (WHOLE[0], seen("4", (2, 1), (2, 2))),
            Counts(answered=[1, 2], disordered=[(1, 2)], hasty=[(1, 2)], crossed=[(1, 2)]),
        ),
    ],
)
def test_what_stands_on_a_wall_is_counted(wall: tuple[Seen, ...], expected: Counts) -> None:
    counted = count(DM, [wall])
    counted.remarks.clear()

    assert counted == expected


@pytest.mark.parametrize(
    ("wall", "excuses", "expected"),
    [
        ((WHOLE[0], seen("7", about=2)), Excuses(explained={2}), Counts(answered=[1], told=[2])),
        ((WHOLE[0],), Excuses(told={2}), Counts(answered=[1], told=[2])),
        ((WHOLE[0],), Excuses(explained={2}), Counts(answered=[1], lost=[2])),
        ((WHOLE[0], seen("6", (2, 1))), Excuses(told={2}), Counts(answered=[1], told=[2])),
        ((seen("4", about=2, is_running=True), WHOLE[0]), Excuses(told={2}), Counts(answered=[1], told=[2])),
        ((*WHOLE, seen("7", about=2)), Excuses(explained={2}, told={2}), Counts(answered=[1], doubled=[2])),
        ((WHOLE[0], seen("7", about=2), seen("8", about=2)), Excuses(explained={2}), Counts(answered=[1], doubled=[2])),
        (WHOLE, Excuses(explained={1, 2}, told={1, 2}), Counts(answered=[1, 2])),
    ],
)
def test_a_plain_sentence_is_the_one_answer_where_no_other_can_be(
    wall: tuple[Seen, ...], excuses: Excuses, expected: Counts
) -> None:
    counted = count(DM, [wall], excuses)
    counted.remarks.clear()

    assert counted == expected


def test_people_who_ask_at_once_are_judged_by_themselves_in_time_and_together_on_the_wall_and_in_the_history() -> None:
    asked = [Question(1, 0, 1, ()), Question(2, 1, 1, ()), Question(3, 0, 1, ())]
    room = Plan(seed=0, messages=3, spots=(Spot(0, "discord", "channel", asked),), troubles=())
    wall = [
        Seen(str(place), "said", ((place, 1),), 0, is_running=False, begun_at=at)
        for place, at in ((1, 5.0), (2, 1.0), (3, 4.0))
    ]
    history = {7: 2, 8: 1, 9: 3}

    assert count(room, [wall]).hasty == [(1, 3)]
    assert count(room, [wall]).disordered == []
    assert count(room, [wall], history=history).forgotten == [(1, 2)]
