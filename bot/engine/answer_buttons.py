"""Which buttons stand under an answer. What they do is in `bot.engine.button_presses`."""

from __future__ import annotations

from bot.domain import Button, FinishReason, Notice, Offer
from bot.engine.commands import ALSO, MODEL
from bot.engine.run import Run
from bot.errors import Unavailable


def answer_buttons(run: Run) -> list[Offer]:
    """Return the buttons of an answer that ends: none where there is nothing to press them for."""
    if run.turn.message.job:
        return []
    buttons = _of_trouble(run) if run.error else _of_words(run)
    return [Offer(tuple(buttons))] if buttons else []


def _of_trouble(run: Run) -> list[Button]:
    return [_button(run, "try_again", "again")] if isinstance(run.error, Unavailable) else []


def _of_words(run: Run) -> list[Button]:
    answer = run.answer
    if len(run.turn.message.compares) > 1:
        # A comparison offers its ballot itself.
        return []
    if not answer.text.strip():
        return []
    buttons = [_button(run, "again", "again")]
    # What the lessons say is checked as a whole: a model that went on would say the rest unchecked.
    if answer.completion and answer.completion.reason is FinishReason.LENGTH and not answer.sources:
        buttons.append(_button(run, "continue", "continue"))
    if run.writing.has_others and not answer.sources:
        buttons.append(_button(run, "also", ALSO, asks=MODEL.name))
    buttons.append(_button(run, "good", "rate", verdict="good"))
    buttons.append(_button(run, "bad", "rate", verdict="bad", asks="reason"))
    if run.writing.reasoning:
        buttons.append(_button(run, "reasoning", "reasoning"))
    if run.turn.message.address.is_private:
        buttons.append(_button(run, "publish", "publish"))
    return buttons


def _button(run: Run, label: str, command: str, *, asks: str = "", **arguments: str) -> Button:
    return Button(Notice(f"button.{label}"), command, {"turn": str(run.turn.id), **arguments}, asks)
