"""Who runs next is chosen in one go, exactly as if each place were given by looking at all who wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import AtWork, Head, HostRoom, Lanes, ModelWish, next_up
from tests.costs import calls

MODELS, PEOPLE, HOSTS = ["falcon", "olmo", "mistral", ""], ["a", "b", "c", None], ["one", "two"]
WISHES = st.builds(ModelWish, st.sampled_from(MODELS), st.booleans())
HEADS = st.lists(
    st.builds(Head, st.integers(1, 99), st.sampled_from(PEOPLE), st.just("w"), WISHES, st.sampled_from([*HOSTS, ""])),
    max_size=14,
    unique_by=lambda head: head.turn_id,
)
SETS = st.frozensets(st.sampled_from(MODELS[:3]))
ROOMS = st.lists(
    st.builds(HostRoom, st.sampled_from(HOSTS), st.integers(1, 4), SETS, SETS),
    max_size=2,
    unique_by=lambda room: room.host,
)
AT_WORK = st.lists(
    st.builds(AtWork, st.sampled_from(PEOPLE), st.sampled_from([*HOSTS, ""]), st.sampled_from(MODELS)), max_size=4
)


def one_by_one(
    waiting: Sequence[Head], at_work: Sequence[AtWork], *, lanes: Lanes, parallel: int
) -> list[tuple[Head, str]]:
    """Give each place anew to the first of all who wait: the rule, in the order it is said in."""
    runs_of = Counter(each.person_id for each in at_work)
    left, chosen = list(waiting), list[tuple[Head, str]]()
    while left and len(at_work) + len(chosen) < parallel:
        placed = [(head, host) for head in left if (host := lanes.place(head)) is not None]
        if not placed:
            break
        head, host = min(
            placed,
            key=lambda each: (
                not (each[0].wanted.is_urgent or lanes.answers_at_once(each[1], each[0].wanted.model)),
                runs_of[each[0].person_id],
                each[0].turn_id,
            ),
        )
        left.remove(head)
        lanes.take(host, head.wanted.model)
        runs_of[head.person_id] += 1
        chosen.append((head, host))
    return chosen


@given(HEADS, AT_WORK, ROOMS, st.integers(0, 9))
@settings(max_examples=1_000)
def test_places_go_to_whom_they_would_go_one_by_one(
    waiting: list[Head], at_work: list[AtWork], rooms: list[HostRoom], parallel: int
) -> None:
    def lanes() -> Lanes:
        return Lanes(rooms, at_work, {"one": 2})

    chosen = next_up(waiting, at_work, lanes=lanes(), parallel=parallel)

    assert chosen == one_by_one(waiting, at_work, lanes=lanes(), parallel=parallel)


def test_twice_as_many_who_wait_cost_twice_as_much() -> None:
    def cost(count: int) -> int:
        heads = [Head(number, f"person {number}", "w") for number in range(count)]
        return calls(lambda: next_up(heads, [], lanes=Lanes([], []), parallel=count))

    assert cost(400) < 3 * cost(200)
