"""The Stop button of a turn. What it carries outlives the process that showed it."""

from __future__ import annotations

from collections.abc import Iterator

import discord
from discord.ui import Button, View

from bot.i18n import text

STOP_PREFIX = "stop:"


def stop_view(turn_id: int, locale: str) -> View:
    """Return the Stop button of a turn, in the asker's language.

    The view is finished from the start, so discord.py does not keep it: presses are read from the interaction event,
    which works after a restart too.
    """
    view = View(timeout=None)
    view.add_item(Button(label=text("stop.button", locale), custom_id=f"{STOP_PREFIX}{turn_id}"))
    view.stop()
    return view


def offers_stop(message: discord.Message, turn_id: int) -> bool:
    """Tell whether a message has the Stop button of this turn."""
    return f"{STOP_PREFIX}{turn_id}" in _custom_ids(message)


def _custom_ids(message: discord.Message) -> Iterator[str | None]:
    for row in message.components:
        yield from (part.custom_id for part in getattr(row, "children", ()) if isinstance(part, discord.Button))
