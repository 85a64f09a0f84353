"""What models write that is no part of their answers: where it begins and ends, and what is left without it. Pure."""

from bot.reasoning.bare_calls import BareCalls
from bot.reasoning.breaking import broken
from bot.reasoning.characters import cleaned, harmless, has_seen
from bot.reasoning.dialects import DIALECTS
from bot.reasoning.filtering import ReasoningFilter, without_reasoning
from bot.reasoning.holding import Hold, Screen, Words
from bot.reasoning.model_dialect import MarkKind, ModelDialect
from bot.reasoning.speakers import Speakers

__all__ = [
    "DIALECTS",
    "BareCalls",
    "Hold",
    "MarkKind",
    "ModelDialect",
    "ReasoningFilter",
    "Screen",
    "Speakers",
    "Words",
    "broken",
    "cleaned",
    "harmless",
    "has_seen",
    "without_reasoning",
]
