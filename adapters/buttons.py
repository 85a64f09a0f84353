"""Buttons on the wire: what a platform keeps with a button and hands back when it is pressed.

One text holds the command, its arguments and what the person is first asked for: `do:rate?turn=12&vote=down#why`. It
says all there is to say, so a press works after a restart, and in a process that never showed the button.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote_plus, unquote_plus, urlencode

from bot.domain import Button
from bot.errors import UserError

PREFIX = "do:"
# Discord keeps 100 characters with a button; Slack keeps more.
MOST_CHARS = 100
_SHAPE = re.compile(rf"{PREFIX}(?P<command>[^?#]+)(?:\?(?P<arguments>[^#]+))?(?:#(?P<asks>.+))?")


class Press(NamedTuple):
    """What a pressed button calls; `asks` names the argument the person is yet to be asked for, "" for none."""

    command: str
    arguments: dict[str, str]
    asks: str


def encode(button: Button) -> str:
    """Return the text that stands for a button: ASCII without spaces, at most `MOST_CHARS` long.

    Raises:
        ValueError: it does not fit; such a button is a mistake of whoever offers it.
    """
    arguments = f"?{urlencode(button.arguments)}" if button.arguments else ""
    asks = f"#{quote_plus(button.asks)}" if button.asks else ""
    written = f"{PREFIX}{quote_plus(button.command)}{arguments}{asks}"
    if len(written) > MOST_CHARS:
        raise ValueError(f"a button for {button.command!r} takes {len(written)} characters of {MOST_CHARS}")
    return written


def decode(written: str) -> Press:
    """Read what `encode` wrote.

    Raises:
        UserError: it is none of ours, or of a version that wrote buttons differently.
    """
    found = _SHAPE.fullmatch(written)
    if found is None:
        raise UserError("error.button_unknown")
    try:
        pairs = parse_qsl(found["arguments"] or "", keep_blank_values=True, strict_parsing=bool(found["arguments"]))
    except ValueError as error:
        raise UserError("error.button_unknown") from error
    return Press(unquote_plus(found["command"]), dict(pairs), unquote_plus(found["asks"] or ""))
