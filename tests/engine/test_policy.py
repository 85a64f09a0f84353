"""What the engine does by itself is what the settings say it does by default."""

from __future__ import annotations

from bot.engine.answer_policy import AnswerPolicy
from bot.engine.retention import Policy
from bot.runtime.compose import answer_policy_of, policy_of
from bot.settings import Settings


def test_every_default_of_the_engine_is_that_of_the_settings() -> None:
    assert answer_policy_of(Settings.model_construct()) == AnswerPolicy()
    assert policy_of(Settings.model_construct()) == Policy()
