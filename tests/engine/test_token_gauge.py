"""Bytes a token: what is learnt from counts, and that no odd text spoils it for others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import PromptMessage, Role
from bot.engine.token_gauge import (
    FIRST_BYTES_PER_TOKEN,
    KEPT_CONVERSATIONS,
    LARGEST_RATIO,
    RESERVE,
    SMALLEST_RATIO,
    PromptFit,
    TokenGauge,
)
from bot.errors import PromptTooLong, RequestTooLarge

HEBREW = [PromptMessage(Role.USER, "ש" * 500)]
DIGITS = [PromptMessage(Role.USER, "7" * 1000)]
ENGLISH = [PromptMessage(Role.USER, "word " * 200)]


def learn_digits(gauge: TokenGauge, conversation_id: int) -> None:
    gauge.learn("m", conversation_id, DIGITS, prompt_tokens=1008)


def learn_english(gauge: TokenGauge, conversation_id: int) -> None:
    gauge.learn("m", conversation_id, ENGLISH, prompt_tokens=258)


def test_a_conversation_is_estimated_as_it_was_counted() -> None:
    gauge = TokenGauge()
    gauge.learn("m", 1, HEBREW, prompt_tokens=508)

    assert gauge.bytes_per_token("m", 1) == pytest.approx(RESERVE * 1000 / 500)


def test_one_odd_text_changes_the_estimate_of_no_other_conversation() -> None:
    gauge = TokenGauge()
    learn_digits(gauge, 1)

    assert gauge.bytes_per_token("m", 2) == FIRST_BYTES_PER_TOKEN


def test_a_conversation_of_odd_texts_has_one_vote_however_long_it_is() -> None:
    gauge = TokenGauge()
    for conversation in (2, 3, 4, 5):
        learn_english(gauge, conversation)
    for _ in range(50):
        learn_digits(gauge, 1)

    assert gauge.bytes_per_token("m", 9) == pytest.approx(RESERVE * 1000 / 250)


def test_a_new_conversation_is_estimated_as_most_others_are_by_now() -> None:
    gauge = TokenGauge()
    for conversation in range(20):
        learn_english(gauge, conversation)
    for conversation in range(20, 40):
        gauge.learn("m", conversation, HEBREW, prompt_tokens=508)

    assert gauge.bytes_per_token("m", 99) == pytest.approx(RESERVE * 1000 / 500)


def test_models_have_their_own_tokens() -> None:
    gauge = TokenGauge()
    for conversation in range(20):
        learn_digits(gauge, conversation)

    assert gauge.bytes_per_token("other", 1) == FIRST_BYTES_PER_TOKEN


def test_the_gauge_learns_nothing_from_a_prompt_too_short_to_tell() -> None:
    gauge = TokenGauge()
    gauge.learn("m", 1, [PromptMessage(Role.USER, "hi")], prompt_tokens=30)

    assert gauge.bytes_per_token("m", 1) == FIRST_BYTES_PER_TOKEN


def test_the_gauge_learns_nothing_from_a_prompt_with_pictures() -> None:
    gauge = TokenGauge()
    seen = PromptMessage(Role.USER, "the owl sleeps by day " * 100, (b"the owl itself",))
    gauge.learn("m", 1, [seen], prompt_tokens=2_000)

    assert gauge.bytes_per_token("m", 1) == TokenGauge().bytes_per_token("m", 1)


def test_of_very_many_conversations_the_oldest_is_forgotten() -> None:
    gauge = TokenGauge()
    learn_digits(gauge, 0)
    for conversation in range(1, KEPT_CONVERSATIONS + 1):
        learn_english(gauge, conversation)

    assert gauge.bytes_per_token("m", 0) > SMALLEST_RATIO


def test_what_a_host_counted_of_a_refused_prompt_holds_for_this_answer_alone() -> None:
    gauge = TokenGauge()
    fit = PromptFit(gauge, conversation_id=1)
    fit.send(DIGITS, is_shortest=False, context_tokens=2048)
    fit.refuse("m", PromptTooLong(prompt_tokens=1008, context_tokens=512))

    assert fit.bytes_per_token("m") == pytest.approx(RESERVE)
    assert gauge.bytes_per_token("m", 1) == FIRST_BYTES_PER_TOKEN


def test_a_refusal_without_a_count_halves_the_estimate() -> None:
    fit = PromptFit(TokenGauge(), conversation_id=1)
    fit.send(ENGLISH, is_shortest=False, context_tokens=2048)
    fit.refuse("m", RequestTooLarge(host="h"))

    assert fit.bytes_per_token("m") == FIRST_BYTES_PER_TOKEN / 2


@given(st.lists(st.tuples(st.integers(-5, 10**6), st.integers(-5, 10**6)), max_size=5))
def test_the_estimate_never_leaves_what_tokenizers_do(refusals: list[tuple[int, int]]) -> None:
    gauge = TokenGauge()
    fit = PromptFit(gauge, conversation_id=1)
    for prompt_tokens, context_tokens in refusals:
        fit.send(ENGLISH, is_shortest=False, context_tokens=2048)
        fit.refuse("m", PromptTooLong(prompt_tokens=prompt_tokens, context_tokens=context_tokens))
        fit.learn("m", prompt_tokens=prompt_tokens)

    assert SMALLEST_RATIO <= fit.bytes_per_token("m") <= LARGEST_RATIO
    assert SMALLEST_RATIO <= gauge.bytes_per_token("m", 2) <= LARGEST_RATIO
