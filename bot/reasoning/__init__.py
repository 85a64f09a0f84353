"""Reasoning that models write into their answers: where it begins and ends, and what is left without it. Pure."""

from bot.reasoning.dialects import DIALECTS, ReasoningDialect
from bot.reasoning.filtering import ReasoningFilter, without_reasoning
from bot.reasoning.holding import Hold, Screen, Words

__all__ = ["DIALECTS", "Hold", "ReasoningDialect", "ReasoningFilter", "Screen", "Words", "without_reasoning"]
