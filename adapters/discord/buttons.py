"""The buttons of a message. What they carry outlives the process that showed them: presses are read from the event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import discord
import structlog
from discord.ui import View

from adapters.base import Content
from adapters.buttons import decode, encode
from adapters.labels import cut_label
from bot import domain
from bot.errors import UserError
from bot.i18n import sentence, text

STOP_PREFIX = "stop:"
MOST_BUTTONS = 25  # five rows of five
LABEL_CHARS = 80

log = structlog.get_logger(__name__)


def view_of(content: Content, *, turn_id: int | None, locale: str) -> View | None:
    """Return the buttons a message is to have: Stop while a turn's answer grows, then what it offers; None for none."""
    if content.running:
        offered = [] if turn_id is None else [(text("stop.button", locale), f"{STOP_PREFIX}{turn_id}")]
    else:
        offered = list(_written(content.buttons, locale))[:MOST_BUTTONS]
    return _view(offered) if offered else None


def ids_of(shown: View | discord.Message | None) -> tuple[str, ...]:
    """Return what the buttons of a view, or of a message, carry, in order."""
    if shown is None:
        return ()
    parts = shown.children if isinstance(shown, View) else _parts(shown)
    return tuple(str(part.custom_id) for part in parts if isinstance(part, discord.ui.Button | discord.Button))


def is_of_turn(message: discord.Message, turn_id: int) -> bool:
    """Tell whether a message has a button of this turn: Stop, or one that names it."""
    return any(_turn_of(custom_id) == str(turn_id) for custom_id in ids_of(message))


def _turn_of(custom_id: str) -> str:
    if custom_id.startswith(STOP_PREFIX):
        return custom_id.removeprefix(STOP_PREFIX)
    try:
        return decode(custom_id).arguments.get("turn", "")
    except UserError:
        return ""


def _view(offered: Iterable[tuple[str, str]]) -> View:
    # A view that is finished from the start is not kept by discord.py.
    view = View(timeout=None)
    for label, custom_id in offered:
        view.add_item(discord.ui.Button(label=cut_label(label, LABEL_CHARS), custom_id=custom_id))
    view.stop()
    return view


def _written(buttons: Iterable[domain.Button], locale: str) -> Iterator[tuple[str, str]]:
    """Leave out a button that does not fit: the answer above it is worth more than the button."""
    for button in buttons:
        try:
            yield sentence(button.label, locale), encode(button)
        except ValueError:
            log.exception("discord.button_left_out", command=button.command)


def _parts(message: discord.Message) -> Iterator[object]:
    for row in message.components:
        yield from getattr(row, "children", ())
