"""The levels at which things are chosen, as they exist somewhere and as they are called."""

from __future__ import annotations

from bot.domain import Choice, CommandCall, Level, Notice


def levels_of(call: CommandCall) -> list[Level]:
    """Return the levels that exist where the command was called, nearest first."""
    missing = set()
    if not call.address.public.thread:
        missing.add(Level.THREAD)
    if not call.address.workspace:
        missing.add(Level.WORKSPACE)
    return [level for level in Level if level not in missing]


def level_notice(level: Level) -> Notice:
    """Return the words for a level."""
    return Notice(f"level.{level.value}")


def choice_notice(choice: Choice) -> Notice:
    """Return the words for where a model was chosen: at a level, or with an assistant at one."""
    level = level_notice(choice.level)
    return Notice("level.assistant", {"name": choice.assistant, "level": level}) if choice.assistant else level
