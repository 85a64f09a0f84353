"""Many people at once in one Discord channel: which calls are made, and when, in virtual time."""

from __future__ import annotations

import itertools

import pytest

from tests.adapters.counted_channel import CountedChannel, Made

PEOPLE = 8
# As an operator counts it: eight seconds of model, and what the calls and the windows take.
WHOLE_WITHIN_S = 14.0


def asked(*model_s: float, rate: tuple[int, float] = (5, 5.0)) -> CountedChannel:
    channel = CountedChannel(rate=rate)
    channel.ask(model_s)
    for person in range(len(model_s)):
        assert channel.read(person) == channel.said(person), f"the answer of {person} is not whole"
    return channel


def tells_place(call: Made) -> bool:
    return call.text.startswith("⏳")


def test_eight_quick_answers_in_one_channel_are_whole_as_soon_as_the_model_has_made_them() -> None:
    channel = asked(*[1.0] * PEOPLE)

    assert max(channel.whole_at.values()) < WHOLE_WITHIN_S
    assert channel.refused == 0
    answers = [call for call in channel.made("POST") if not tells_place(call)]
    assert [call.person for call in answers] == list(range(PEOPLE))
    # An answer costs one post and one edit, and next to nothing is spent on what nobody needs.
    assert len(channel.made("POST")) + len(channel.made("PATCH")) <= 2 * PEOPLE + 4


@pytest.mark.parametrize(
    "model_s",
    [
        (6.0, *[0.5] * 9),
        (0.2,) * 12,
        (1.0, 4.0) * 4,
        (2.0,) * 3,
    ],
    ids=["a slow one first", "a dozen quick ones", "by turns", "three"],
)
def test_no_answer_waits_for_what_was_spent_on_places_in_line(model_s: tuple[float, ...]) -> None:
    channel = asked(*model_s)
    windows_s = 5.0 * ((len(model_s) - 1) // 5)

    assert channel.refused == 0
    assert max(channel.whole_at.values()) < max(sum(model_s), windows_s) + 3.0


def test_who_waits_long_is_told_their_place_all_the_same() -> None:
    channel = asked(*[20.0] * PEOPLE)
    told = {call.person: call.at for call in reversed(channel.made("POST")) if tells_place(call)}

    assert set(told) == set(range(1, PEOPLE))
    assert max(told.values()) < 15.0
    assert channel.refused == 0


def test_one_alone_grows_as_before() -> None:
    channel = asked(20.0)
    gaps = [later.at - earlier.at for earlier, later in itertools.pairwise(channel.made("PATCH"))]

    assert len(channel.made("PATCH")) >= 7
    assert max(gaps) < 3.0


@pytest.mark.parametrize("seconds", [5.0, 60.0])
def test_a_larger_bucket_is_believed_at_once(seconds: float) -> None:
    channel = asked(*[1.0] * PEOPLE, rate=(50, seconds))
    told = {call.person: call.at for call in reversed(channel.calls) if tells_place(call)}

    assert max(channel.whole_at.values()) < PEOPLE * 1.0 + 1.0
    assert len(told) == PEOPLE - 1
    assert max(told.values()) < 3.0
    assert channel.refused == 0


def test_a_tighter_channel_than_assumed_makes_every_answer_whole() -> None:
    channel = asked(*[1.0] * 5, rate=(2, 2.0))

    assert max(channel.whole_at.values()) < 12.0


def test_leave_is_asked_for_the_call_that_is_made() -> None:
    channel = asked(6.0, 2.0)
    told = next(call for call in channel.made("POST", by=1) if tells_place(call))
    taken_away = channel.made("DELETE", by=1)[0]
    words = next(call for call in channel.made("POST", by=1) if not tells_place(call))

    assert told.at < taken_away.at < words.at
    assert channel.granted == {method: len(channel.made(method)) for method in ("POST", "PATCH")}


def test_no_other_state_takes_the_place_of_a_place_in_line_for_a_moment() -> None:
    channel = asked(3.0, 3.0, 3.0)

    assert not any("writing" in call.text for call in channel.calls)
