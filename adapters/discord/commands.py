"""The slash commands: Discord's form of the command table, and its registration when it has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import structlog
from aiohttp import ClientError
from discord import AppCommandOptionType, DiscordException
from discord.http import HTTPClient

from adapters.discord.threads import Threads
from adapters.oddities import ODD_ERRORS
from bot import ports
from bot.engine.commands import LISTED, THREAD, Command, Option
from bot.errors import BotError
from bot.i18n import DEFAULT_LOCALE, text

CHOICES_MOST = 25
CHOICE_CHARS = 100
MOST_DETAIL_CHARS = 200
_DESCRIPTION_CHARS = 100
_SUBCOMMAND, _SUBCOMMAND_GROUP = (
    AppCommandOptionType.subcommand.value,
    AppCommandOptionType.subcommand_group.value,
)
_EVERYWHERE = {"integration_types": [0, 1], "contexts": [0, 1, 2]}  # guilds and users; guilds, DMs, private channels

log = structlog.get_logger(__name__)


def to_payload(commands: Iterable[Command] = LISTED) -> list[dict[str, Any]]:
    """Return the application commands of a table: names of several words become groups, in the table's order.

    A name of three words stands in a group within a group, as deep as Discord has them.
    """
    return [_top_level(name, list(group)) for name, group in groupby(commands, key=lambda each: each.name.split()[0])]


def message_command() -> dict[str, Any]:
    """Return the command of a message's menu."""
    return {"type": 3, "name": text("discord.about", DEFAULT_LOCALE), **_EVERYWHERE}


def to_choices(names: Sequence[str]) -> list[str]:
    """Cut completions to what Discord shows. A name too long for it is left out: cut, it would choose nothing."""
    return [name for name in names if len(name) <= CHOICE_CHARS][:CHOICES_MOST]


async def register(http: HTTPClient, application_id: int, notes: ports.Notes, *, threads: Threads) -> None:
    """Register the commands globally if they differ from the last time, or from what Discord has by now.

    A failure is logged: words still work. Where no answer gets a thread, nobody is offered one.
    """
    payload, note = all_of(threads), note_of(application_id)
    try:
        is_noted = await notes.read(note) == fingerprint(payload)
        # Another program with the same token, or a person, may have replaced them since.
        if is_noted and is_same(payload, await http.get_global_commands(application_id)):
            return
        await http.bulk_upsert_global_commands(application_id, payload)
        await notes.write(note, fingerprint(payload))
    except (DiscordException, BotError, ClientError, OSError, *ODD_ERRORS) as error:
        detail = str(error)[:MOST_DETAIL_CHARS]
        log.warning("discord.commands_not_registered", error=type(error).__name__, detail=detail)
    else:
        log.info("discord.commands_registered", commands=len(payload))


def all_of(threads: Threads) -> list[dict[str, Any]]:
    """Return everything that is registered."""
    return [*to_payload(_offered(threads)), message_command()]


def note_of(application_id: int) -> str:
    """Return the name of the note that tells what was registered last."""
    return f"discord.commands.{application_id}"


def is_same(ours: Iterable[Mapping[str, Any]], theirs: Iterable[Mapping[str, Any]]) -> bool:
    """Whether Discord has these commands and no others; it adds fields of its own to each."""
    return sorted(map(_shape, ours)) == sorted(map(_shape, theirs))


def _offered(threads: Threads) -> Iterable[Command]:
    for command in LISTED:
        options = tuple(each for each in command.options if each is not THREAD or threads is not Threads.NEVER)
        yield replace(command, options=options)


def _top_level(name: str, commands: Sequence[Command]) -> dict[str, Any]:
    if commands[0].name == name:
        return {"type": 1, **_command(name, commands[0]), **_EVERYWHERE}
    return {"type": 1, **_group(name, commands), **_EVERYWHERE}


def _group(name: str, commands: Sequence[Command]) -> dict[str, Any]:
    """Return a group with its commands, each by the next word of its name, and the groups within it."""
    depth = len(name.split())
    children: list[dict[str, Any]] = []
    for word, each in groupby(commands, key=lambda command: command.name.split()[depth]):
        within = list(each)
        called = f"{name} {word}"
        if within[0].name == called:
            children += [{"type": _SUBCOMMAND, **_command(word, command)} for command in within]
        else:
            children.append({"type": _SUBCOMMAND_GROUP, **_group(called, within)})
    described = _described(f"command_group.{name.replace(' ', '_')}")
    return {"name": name.rsplit(maxsplit=1)[-1], "description": described, "options": children}


def _command(name: str, command: Command) -> dict[str, Any]:
    return {
        "name": name,
        "description": _described(command.help_key),
        "options": [_option(option) for option in command.options],
    }


def _option(option: Option) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "type": AppCommandOptionType.string.value,
        "name": option.name,
        "description": _described(f"option.{option.name}"),
        "required": option.required,
    }
    if option.choices:
        fields["choices"] = [{"name": choice, "value": choice} for choice in option.choices]
    if option.suggest:
        fields["autocomplete"] = True
    return fields


def _described(key: str) -> str:
    return text(key, DEFAULT_LOCALE)[:_DESCRIPTION_CHARS]


def _shape(part: Mapping[str, Any]) -> str:
    """Return what people meet of a command or an option."""
    told = [part.get("type"), part.get("name"), part.get("description") or "", bool(part.get("required"))]
    offered = [str(choice.get("value")) for choice in part.get("choices") or []]
    return json.dumps([*told, offered, [_shape(option) for option in part.get("options") or []]])


def fingerprint(payload: Sequence[dict[str, Any]]) -> str:
    """Return what tells one list of commands from another."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
