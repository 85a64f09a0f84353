"""How much a model is asked to reason before it answers: what a person chose, as far as the model can. Pure."""

from __future__ import annotations

from bot.domain import ModelCard, Think

LEVELS = frozenset({Think.LOW, Think.MEDIUM, Think.HIGH})


def think_of(card: ModelCard, chosen: Think | None) -> Think:
    """Return what is asked of a model, with every request: left out, a model that can think does.

    Where nobody chose, it is not to think. One that takes levels only is not silenced: it thinks a little.
    """
    if card.thinks_by_level:
        return {None: Think.LOW, Think.OFF: Think.LOW, Think.ON: Think.MEDIUM}.get(chosen, chosen or Think.LOW)
    if chosen is None or not may_be_told(card):
        return Think.OFF
    return Think.ON if chosen in LEVELS else chosen


def may_be_told(card: ModelCard) -> bool:
    """Whether a model may take a choice: it can think, or nobody says whether it can."""
    return card.can_think or card.thinks_by_level or not card.tells_thinking
