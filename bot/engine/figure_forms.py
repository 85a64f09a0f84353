"""The forms in which a command's figures can be had: shown with buttons for the others, as CSV, drawn light or dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain import Button, CommandCall, Figures, Notice, Offer, ReplyPart
from bot.drawing.csv_form import csv_of
from bot.engine.commands import AS, CSV, DARK, LIGHT


def in_form(call: CommandCall, figures: Figures, more: Sequence[Button] = ()) -> list[ReplyPart]:
    """Return figures as their caller wants them by the option `as`: a CSV file alone, or shown with buttons.

    `more` are the command's own buttons, which come before those for other forms.
    """
    if call.arguments.get(AS.name) == CSV:
        return [Notice("figures.csv"), csv_of(figures, call.person.locale)]
    is_dark = call.arguments.get(AS.name) == DARK
    return [replace(figures, is_dark=is_dark), Offer((*more, *_buttons(call, figures, is_dark=is_dark)))]


def wants_file(call: CommandCall) -> bool:
    """Whether a call wants its figures as a file and no words around them."""
    return call.arguments.get(AS.name) == CSV


def _buttons(call: CommandCall, figures: Figures, *, is_dark: bool) -> list[Button]:
    forms = [CSV, *([LIGHT if is_dark else DARK] if figures.picture else [])]
    return [Button(Notice(f"button.as_{form}"), call.command, {**call.arguments, AS.name: form}) for form in forms]
