"""The scenes by platform, and what each platform lacks by its nature: what runs the contract of a platform."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from tests.contracts.lacking import on_each
from tests.contracts.scenes import at_console, on_discord, on_slack
from tests.contracts.scenes.stage import ADA, BEN, DANA, ROSA, Seen, Stage, typed
from tests.memory import FakeLessons

__all__ = ["ADA", "BEN", "DANA", "LACKS", "PLATFORMS", "ROSA", "Seen", "Stage", "on_every", "typed"]

PLATFORMS: dict[str, Callable[[FakeLessons | None], AbstractAsyncContextManager[Stage]]] = {
    "discord": on_discord.on_stage,
    "slack": on_slack.on_stage,
    "console": at_console.on_stage,
}
ONE_PERSON = "one person sits at a terminal, in the language it is set to"
LACKS = {
    "console": {
        "others": ONE_PERSON,
        "languages": ONE_PERSON,
        "mentions": "every line is said to the bot, and a command begins with its slash",
        "privacy": "nobody else reads a terminal",
        "redelivery": "a line is read once",
        "deletion": "what is typed stays",
        "menus": "a terminal's messages have none",
        "forms": "a terminal has none: a button calls its command as it is",
        "buttons under answers": "an answer has none: the next line is said to the bot",
        "pings": "a terminal rings nobody",
        "files": "a terminal takes lines",
        "takeover": "nobody reads the answer of a chat that was ended",
        "asking while it answers": "the next line is read when the answer is there",
    },
}


def on_every(fixture: str, *needs: str) -> pytest.MarkDecorator:
    """Play a test on every platform that has what it needs."""
    return on_each(fixture, PLATFORMS, LACKS, needs)
