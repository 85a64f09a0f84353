"""What follows an attempt that failed, as a table."""

from __future__ import annotations

import pytest

from bot.engine.attempts import MOST_FALLBACKS, RETRY_WAITS_S, Fallback, Retry, next_attempt
from bot.errors import BotError, ModelMissing, PromptTooLong, QuestionTooLong, Transient, Unavailable, UserError

BUSY = Transient("error.host_busy", host="fake")
GONE = ModelMissing("falcon:7b")
LONG = PromptTooLong(prompt_tokens=9000, context_tokens=2000)
ALONE = QuestionTooLong(prompt_tokens=9000, context_tokens=2000)
SILENT = Unavailable("error.host_silent")


@pytest.mark.parametrize(
    ("error", "retries", "fallbacks", "then"),
    [
        (BUSY, 0, 0, Retry(1, RETRY_WAITS_S[0])),
        (BUSY, 1, 0, Retry(2, RETRY_WAITS_S[1])),
        (BUSY, len(RETRY_WAITS_S), 0, None),
        (BUSY, 0, MOST_FALLBACKS, Retry(1, RETRY_WAITS_S[0])),
        (GONE, 0, 0, Fallback.ANOTHER_MODEL),
        (GONE, len(RETRY_WAITS_S), MOST_FALLBACKS - 1, Fallback.ANOTHER_MODEL),
        (GONE, 0, MOST_FALLBACKS, None),
        (LONG, 0, 0, Fallback.SHORTER_PROMPT),
        (LONG, 0, MOST_FALLBACKS, None),
        (ALONE, 0, 0, None),
        (SILENT, 0, 0, None),
        (UserError("error.no_models"), 0, 0, None),
        (BotError("error.x"), 0, 0, None),
    ],
)
def test_what_follows_an_error_depends_on_its_kind_and_on_what_was_tried(
    error: BotError, retries: int, fallbacks: int, then: Retry | Fallback | None
) -> None:
    assert next_attempt(error, retries=retries, fallbacks=fallbacks, has_spoken=False) == then


def test_a_prompt_of_which_nothing_can_be_left_out_is_not_asked_again() -> None:
    assert next_attempt(LONG, retries=0, fallbacks=0, has_spoken=False, is_shortest=True) is None


@pytest.mark.parametrize("error", [BUSY, GONE, LONG])
def test_nothing_follows_once_words_are_shown(error: BotError) -> None:
    assert next_attempt(error, retries=0, fallbacks=0, has_spoken=True) is None
