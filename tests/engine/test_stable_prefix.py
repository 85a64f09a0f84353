"""From turn to turn a prompt begins as the one before did, byte for byte, so that the host's cache holds it.

Only a full window, a deletion, an answer made again and a reset change what was sent before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.domain import ChatRequest, PromptMessage, Role
from bot.engine.answer_policy import AnswerPolicy
from tests.engine.talk import DANA, NOAM, Talk, heard
from tests.fakes import FakeBackend, card

POLICY = AnswerPolicy(context_tokens=2048, answer_tokens=256)
SMALL, LARGE = "falcon:7b", "olmo2:7b"


def shared(before: ChatRequest, after: ChatRequest) -> int:
    """Return how many messages of a prompt the next one begins with."""
    pairs = zip(written(before.prompt), written(after.prompt), strict=False)
    return next((index for index, (old, new) in enumerate(pairs) if old != new), len(before.prompt))


def written(prompt: Sequence[PromptMessage]) -> list[bytes]:
    return [json.dumps([each.role, each.content], ensure_ascii=False).encode() for each in prompt]


def breaks(requests: Sequence[ChatRequest]) -> list[int]:
    """Return the numbers of the requests that do not begin with the whole of the one before."""
    return [
        number
        for number, (before, after) in enumerate(pairwise(requests), start=1)
        if shared(before, after) < len(before.prompt)
    ]


def question(number: int) -> str:
    return f"Question {number}: {'how does this go on? ' * 12}"


async def test_sixty_turns_with_two_overflows_break_the_prefix_twice() -> None:
    talk = Talk(answer_policy=POLICY)
    told = [
        number
        for number in range(60)
        if "notice.oldest_dropped" in (await talk.say(question(number), person=(DANA, NOAM)[number % 2])).notices
    ]

    assert len(told) >= 2
    assert breaks(talk.backend.requests) == told
    assert all(between >= 5 for between in (after - before for before, after in pairwise(told)))


async def test_another_process_and_a_start_anew_send_the_same_prefix() -> None:
    talk = Talk(answer_policy=POLICY)
    told = []
    for number in range(60):
        if number % 7 == 6:
            talk.engine = talk.another_process(f"process {number}")
        if "notice.oldest_dropped" in (await talk.say(question(number))).notices:
            told.append(number)

    assert len(told) >= 2
    assert breaks(talk.backend.requests) == told


async def test_an_edit_changes_nothing_of_what_was_sent() -> None:
    talk = Talk(answer_policy=POLICY)
    for number in range(8):
        message = talk.message(question(number))
        await heard(talk.engine.reply((await talk.engine.take(message)).turn))  # type: ignore[union-attr]
        edited = replace(message, event_id=f"edit {number}", text="something else")

        assert await talk.engine.take(edited) is None
    assert breaks(talk.backend.requests) == []


async def test_a_deletion_breaks_the_prefix_once_and_no_earlier_than_what_was_deleted() -> None:
    talk = Talk(answer_policy=POLICY)
    for number in range(7):
        await talk.say(question(number))
    await talk.engine.withdraw(talk.message("").address, message_id="M6")
    for number in range(7, 10):
        await talk.say(question(number))
    before, after = talk.backend.requests[6:8]

    assert breaks(talk.backend.requests) == [7]
    assert shared(before, after) == 1 + 2 * 5


async def test_a_deletion_after_an_overflow_leaves_the_window_where_it_was() -> None:
    talk = Talk(answer_policy=POLICY)
    while not (0 in breaks(talk.backend.requests) or "notice.oldest_dropped" in (await talk.say(question(1))).notices):
        pass
    (window,) = talk.store.windows.values()
    first_kept = talk.store.turns[window.from_turn].turn.message
    await talk.say(question(2))
    await talk.engine.withdraw(first_kept.address, message_id=first_kept.message_id)
    before = len(talk.backend.requests)
    for number in range(4):
        await talk.say(question(number))

    assert breaks(talk.backend.requests)[-1] == before
    assert {each.from_turn for each in talk.store.windows.values()} == {window.from_turn}


async def test_after_one_huge_question_that_was_deleted_the_conversation_comes_back() -> None:
    talk = Talk(answer_policy=POLICY)
    for number in range(6):
        await talk.say(question(number))
    huge = talk.message("7," * 860)
    await heard(talk.engine.reply((await talk.engine.take(huge)).turn))  # type: ignore[union-attr]
    await talk.engine.withdraw(huge.address, message_id=huge.message_id)
    await talk.say("And now?")
    before, alone, after = talk.backend.requests[5:8]

    assert len(alone.prompt) == 2
    assert shared(before, after) == len(before.prompt)


async def test_a_persons_own_choice_of_a_small_model_makes_no_other_model_forget() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=8192, answer_tokens=256))
    talk.backend = FakeBackend(card(SMALL, context_tokens=1024), card(LARGE, context_tokens=8192))
    talk.engine = talk.another_process("of two models")
    await talk.command("model use", person=NOAM, name=SMALL)
    await talk.command("model use", person=DANA, name=LARGE)
    for number in range(20):
        await talk.say(question(number), person=(DANA, NOAM)[number % 2])
    of_large = [request for request in talk.backend.requests if request.model == LARGE]
    of_small = [request for request in talk.backend.requests if request.model == SMALL]

    assert breaks(of_large) == []
    assert len(of_large[-1].prompt) == 2 + 2 * 18
    assert breaks(of_small) != []


async def test_what_a_model_is_told_of_what_is_left_out_stays_the_same() -> None:
    talk = Talk(answer_policy=POLICY)
    for number in range(40):
        await talk.say(question(number))
    systems = [request.prompt[0] for request in talk.backend.requests]

    assert all(system.role is Role.SYSTEM for system in systems)
    assert len({system.content for system in systems}) == 2
