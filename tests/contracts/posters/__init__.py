"""The implementations of `adapters.base.Poster` by name, and what each lacks: what runs their contract."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.contracts.posters.board import KEY, TURN, Board
from tests.contracts.posters.in_memory import at_the_console, in_a_terminal, on_the_wall
from tests.contracts.posters.on_discord import by_discord_token, in_discord_channel, in_discord_thread
from tests.contracts.posters.on_slack import in_slack_private, in_slack_streams, in_slack_updates

__all__ = ["DOORS", "IMPLEMENTATIONS", "KEY", "LACKS", "TURN", "Board"]

ONCE_SHOWN = "Slack cannot edit what one person alone was shown"
PRINTED = "what is printed stays"
LACKS = {
    "discord thread": {"commands": "a command is answered in no thread of its own"},
    "discord token": {"keys": "a token finds no message again"},
    "slack private": {
        "growth": ONCE_SHOWN,
        "taking back": ONCE_SHOWN,
        "keys": "Slack finds nothing again that one person alone was shown",
        "repeats": "a message that one person alone was shown carries no key",
    },
    "console": {
        "taking back": PRINTED,
        "keys": PRINTED,
        "repeats": PRINTED,
        "buttons": "a terminal has none, and Ctrl-C stops an answer",
        "files": "a terminal takes text of any length",
        "refusals": "a terminal takes all that is written",
    },
    "wall": {"repeats": "no acknowledgement is lost in memory", "commands": "whatever grows there can be stopped"},
}

IMPLEMENTATIONS: dict[str, Callable[[], AbstractAsyncContextManager[Board]]] = {
    "discord channel": in_discord_channel,
    "discord thread": in_discord_thread,
    "discord token": by_discord_token,
    "slack streams": in_slack_streams,
    "slack updates": in_slack_updates,
    "slack private": in_slack_private,
    "console": at_the_console,
    "wall": on_the_wall,
}

# Where people read an answer while it grows.
DOORS = {name: IMPLEMENTATIONS[name] for name in IMPLEMENTATIONS if name not in ("slack private", "wall")} | {
    "terminal": in_a_terminal
}
