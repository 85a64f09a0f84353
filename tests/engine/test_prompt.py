from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ContextWindow, PromptMessage, Role, StoredMessage
from bot.engine.prompt import (
    GAP,
    SUMMARY,
    WHOLE,
    PackedPrompt,
    answered,
    build_prompt,
    clean_text,
    labelled,
    newer_half,
)
from bot.engine.prompt_losses import was_cut, was_shifted
from bot.engine.token_gauge import MOST_BYTES_PER_TOKEN, estimate_tokens
from bot.errors import PromptTooLong

TURN = 1_000
exchanges = st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), max_size=20)


def history_of(pairs: list[tuple[str, str]]) -> list[StoredMessage]:
    messages: list[StoredMessage] = []
    for turn, (question, answer) in enumerate(pairs, start=1):
        messages.append(StoredMessage(len(messages) + 1, Role.USER, question, "Dana", turn))
        messages.append(StoredMessage(len(messages) + 1, Role.ASSISTANT, answer, turn=turn))
    return messages


def pack(history: list[StoredMessage], *, budget_tokens: int, window: ContextWindow = WHOLE) -> PackedPrompt:
    return build_prompt(
        system="Be brief.",
        history=history,
        question=PromptMessage(Role.USER, "And now?"),
        budget_tokens=budget_tokens,
        context_tokens=budget_tokens,
        count=lambda messages: sum(estimate_tokens(each.content, 3.0) for each in messages),
        is_shared=True,
        window=window,
        turn=TURN,
    )


@given(exchanges, st.integers(min_value=90, max_value=2000))
def test_a_packed_prompt_fits_and_keeps_system_and_question(pairs: list[tuple[str, str]], budget_tokens: int) -> None:
    packed = pack(history_of(pairs), budget_tokens=budget_tokens)

    assert packed.estimated_tokens <= budget_tokens
    assert packed.messages[0].role is Role.SYSTEM
    assert packed.messages[-1].content == "And now?"


@given(exchanges, st.integers(min_value=90, max_value=2000))
def test_what_is_kept_is_the_newest_and_begins_with_a_person(pairs: list[tuple[str, str]], budget_tokens: int) -> None:
    history = history_of(pairs)
    packed = pack(history, budget_tokens=budget_tokens)

    kept = packed.messages[1:-1]

    assert len(kept) + packed.dropped == len(history)
    assert [message.role for message in kept] == [message.role for message in history[packed.dropped :]]
    assert not kept or kept[0].role is Role.USER


@given(st.text())
def test_clean_text_is_text_and_stays_clean(text: str) -> None:
    cleaned = clean_text(text)

    assert clean_text(cleaned) == cleaned
    assert cleaned.encode().decode() == cleaned
    assert "\x00" not in cleaned


def test_right_to_left_text_and_its_marks_are_kept() -> None:
    assert clean_text("שלום \u200fabc\u200f!") == "שלום \u200fabc\u200f!"


def test_a_name_cannot_pretend_to_be_another_line_or_speaker() -> None:
    assert labelled("Eve\nDana: yes", "no") == "Eve Dana yes: no"


def test_a_question_surely_longer_than_the_window_is_refused() -> None:
    with pytest.raises(PromptTooLong):
        pack([], budget_tokens=1)


def test_a_question_that_only_seems_too_long_is_for_the_host_to_count() -> None:
    budget_tokens = len("Be brief.And now?") // MOST_BYTES_PER_TOKEN + 1
    packed = pack(history_of([("One?", "One.")]), budget_tokens=budget_tokens)

    assert packed.estimated_tokens > budget_tokens
    assert (packed.kept, packed.dropped, packed.is_kept) == (0, 2, False)
    assert packed.messages[0].content == "Be brief."


@pytest.mark.parametrize(
    ("prompt_tokens", "answer_tokens", "context_tokens", "shifted"),
    [(230, 282, 512, False), (230, 283, 512, True), (230, 900, 512, True), (600, 420, 1000, False), (0, 0, 512, False)],
)
def test_more_tokens_than_the_window_holds_were_not_all_read(
    prompt_tokens: int, answer_tokens: int, context_tokens: int, *, shifted: bool
) -> None:
    told = was_shifted(prompt_tokens=prompt_tokens, answer_tokens=answer_tokens, context_tokens=context_tokens)

    assert told is shifted


@pytest.mark.parametrize(
    ("prompt_tokens", "estimated_tokens", "cut"), [(514, 800, True), (514, 520, False), (800, 800, False)]
)
def test_a_prompt_of_half_the_window_that_was_sent_longer_was_cut(
    prompt_tokens: int, estimated_tokens: int, *, cut: bool
) -> None:
    assert was_cut(prompt_tokens=prompt_tokens, estimated_tokens=estimated_tokens, context_tokens=1024) is cut


def test_a_history_is_read_without_the_reasoning_that_is_stored_in_it() -> None:
    history = history_of([("One?", "Hm.</think>\nOne."), ("Two?", "<think>Hm."), ("Three?", "It is `<think>`.")])

    assert [message.text for message in answered(history)] == ["One?", "One.", "Three?", "It is `<think>`."]


def exchanged(*words: str) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


def test_a_full_window_drops_the_older_half_at_once_and_says_so() -> None:
    packed = pack(history_of(exchanged(*["word " * 20] * 10)), budget_tokens=700)

    assert (packed.dropped, packed.kept) == (10, 10)
    assert packed.window == ContextWindow(from_turn=6, dropped=10)
    assert packed.messages[0].content == f"Be brief.\n\n{GAP}"


def test_the_half_goes_by_the_length_of_what_was_said() -> None:
    halved = newer_half(history_of(exchanged("long " * 60, "short", "short", "short")))

    assert [message.turn for message in halved] == [2, 2, 3, 3, 4, 4]


def test_a_half_begins_with_a_turn() -> None:
    answer_in_two = [StoredMessage(9, Role.USER, "more " * 30, "Dana", 1)]
    halved = newer_half([*history_of(exchanged("word " * 9)), *answer_in_two, *history_of(exchanged("x", "y"))[2:]])

    assert [message.turn for message in halved] == [2, 2]


def test_of_a_window_that_was_cut_before_only_the_rest_is_read() -> None:
    window = ContextWindow(from_turn=3, dropped=4)
    packed = pack(history_of(exchanged("one", "two", "three")), budget_tokens=500, window=window)

    assert (packed.kept, packed.dropped, packed.window) == (2, 0, window)
    assert packed.messages[0].content.endswith(GAP)


def test_a_full_window_is_cut_where_that_was_planned_and_its_summary_stands_for_the_rest() -> None:
    window = ContextWindow(next_turn=4, next_summary="They spoke\nof owls.")
    packed = pack(history_of(exchanged(*["word " * 20] * 10)), budget_tokens=700, window=window)

    assert (packed.window.from_turn, packed.dropped) == (4, 6)
    assert packed.messages[0].content == f"Be brief.\n\n{SUMMARY}\n> They spoke\n> of owls."


def test_a_window_that_is_not_full_is_not_cut_where_that_is_planned() -> None:
    window = ContextWindow(next_turn=2, next_summary="They spoke of owls.")
    packed = pack(history_of(exchanged("one", "two", "three")), budget_tokens=500, window=window)

    assert (packed.dropped, packed.messages[0].content) == (0, "Be brief.")


def test_where_the_planned_cut_is_not_enough_half_of_the_rest_goes_and_no_summary_stands_for_it() -> None:
    window = ContextWindow(next_turn=2, next_summary="They spoke of owls.")
    packed = pack(history_of(exchanged(*["word " * 20] * 10)), budget_tokens=500, window=window)

    assert packed.window.from_turn > 2
    assert packed.messages[0].content.endswith(GAP)


def test_an_old_message_that_leaves_no_room_is_dropped_for_good() -> None:
    packed = pack(history_of(exchanged("word " * 400)), budget_tokens=400)

    assert (packed.kept, packed.is_kept, packed.window.from_turn) == (0, True, TURN)
