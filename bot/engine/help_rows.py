"""What `/help` lists, a row for each command or group of commands."""

from __future__ import annotations

from itertools import groupby

from bot.engine.commands import LISTED


def help_rows() -> list[tuple[str, str]]:
    """Return what `/help` lists: how commands are typed, in short, and the key of their description.

    The commands of a group share a row, so that the list is no longer than a message; a wrong word behind the group's
    name tells how each of them is typed.
    """
    rows: list[tuple[str, str]] = []
    for group, each in groupby(LISTED, key=lambda command: command.name.split()[0]):
        commands = list(each)
        if commands[0].name == group:
            rows += [(command.brief, command.help_key) for command in commands]
        else:
            second = "|".join(command.name.partition(" ")[2] for command in commands)
            rows.append((f"/{group} {second}", f"command_group.{group}"))
    return rows
