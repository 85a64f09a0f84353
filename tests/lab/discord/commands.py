"""REST: registering application commands, and the rules their names, options and translations obey."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from tests.lab.discord.core import ApiError, Call, Core, Handler, Problem
from tests.lab.discord.limits import too_long
from tests.lab.discord.state import Json

CHAT, USER, MESSAGE = 1, 2, 3
MOST = {CHAT: 100, USER: 5, MESSAGE: 5}
SUBCOMMAND, GROUP, STRING = 1, 2, 3
NAME = re.compile(r"^[-_'\w\u0900-\u097F\u0E00-\u0E7F]{1,32}$")
COMMAND_CHARS = 8000
CREATES_A_DAY = 200
LOCALES = frozenset(
    [
        *("id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl"),
        *("pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW"),
        "ko",
    ]
)
NEW_LOCALES = frozenset({"he", "ar"})


def problems_of(commands: list[Json], locales: frozenset[str]) -> list[Problem]:
    """Return what is wrong with a list of commands that replaces all others."""
    problems: list[Problem] = []
    counts = Counter(command.get("type", CHAT) for command in commands)
    for kind, count in counts.items():
        if count > MOST.get(kind, 1):
            text = f"Maximum number of application commands of type {kind} reached ({MOST.get(kind, 1)})."
            problems.append(Problem((), "APPLICATION_COMMANDS_MAX", text))
    problems += _twice((), ((command.get("type", CHAT), command.get("name")) for command in commands))
    for index, command in enumerate(commands):
        problems += _command((index,), command, locales)
    return problems


def _twice(path: tuple[str | int, ...], names: Iterable[Any]) -> Iterator[Problem]:
    for name, times in Counter(names).items():
        if times > 1:
            yield Problem(path, "APPLICATION_COMMANDS_DUPLICATE_NAME", f"{name} must be unique")


def _command(path: tuple[str | int, ...], command: Json, locales: frozenset[str]) -> Iterator[Problem]:
    if command.get("type", CHAT) == CHAT:
        yield from _named(path, command, locales)
    else:
        yield from too_long((*path, "name"), command.get("name"), 32, 1)
        if command.get("description"):
            yield Problem((*path, "description"), "APPLICATION_COMMAND_DESCRIPTION", "Context menus have none.")
    if _chars(command) > COMMAND_CHARS:
        text = f"Command exceeds maximum size ({COMMAND_CHARS})."
        yield Problem(path, "APPLICATION_COMMAND_TOO_LARGE", text)


def _named(path: tuple[str | int, ...], part: Json, locales: frozenset[str]) -> Iterator[Problem]:
    yield from _name((*path, "name"), part.get("name") or "")
    yield from too_long((*path, "description"), part.get("description") or "", 100, 1)
    for key, most in (("name_localizations", 32), ("description_localizations", 100)):
        for locale, text in (part.get(key) or {}).items():
            if locale not in locales:
                yield Problem((*path, key, locale), "BASE_TYPE_CHOICES", "Value must be one of the known locales.")
            yield from too_long((*path, key, locale), text, most, 1)
    options = part.get("options") or []
    yield from too_long((*path, "options"), options, 25)
    yield from _twice((*path, "options"), (option.get("name") for option in options))
    yield from _order((*path, "options"), options)
    for index, option in enumerate(options):
        yield from _named((*path, "options", index), option, locales)
        yield from _choices((*path, "options", index), option)


def _name(path: tuple[str | int, ...], name: str) -> Iterator[Problem]:
    if not NAME.match(name) or name != name.lower():
        yield Problem(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _order(path: tuple[str | int, ...], options: list[Json]) -> Iterator[Problem]:
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        text = "Required options must be placed before non-required options"
        yield Problem(path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", text)
    if len({option["type"] in (SUBCOMMAND, GROUP) for option in options}) > 1:
        text = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        yield Problem(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", text)


def _choices(path: tuple[str | int, ...], option: Json) -> Iterator[Problem]:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        text = "Autocomplete cannot be set with choices."
        yield Problem((*path, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", text)
    yield from choice_problems((*path, "choices"), choices)


def choice_problems(path: tuple[str | int, ...], choices: list[Json]) -> Iterator[Problem]:
    """Yield what is wrong with choices, of an option or offered while typing."""
    yield from too_long(path, choices, 25)
    for index, choice in enumerate(choices):
        yield from too_long((*path, index, "name"), choice.get("name"), 100, 1)
        yield from too_long((*path, index, "value"), choice.get("value"), 100)


def _chars(part: Json) -> int:
    own = len(part.get("name") or "") + len(part.get("description") or "")
    values = sum(len(each["name"]) + len(str(each["value"])) for each in part.get("choices") or [])
    return own + values + sum(_chars(option) for option in part.get("options") or [])


def _scope(core: Core, call: Call) -> int:
    if call.id("application_id") != core.world.application_id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    guild_id = call.id("guild_id") if "guild_id" in call.ids else 0
    if guild_id and guild_id not in core.world.guilds:
        raise ApiError(403, 50001, "Missing Access")
    return guild_id


def _check(core: Core, call: Call, commands: list[Json]) -> None:
    locales = LOCALES | NEW_LOCALES if core.hebrew else LOCALES
    core.refuse_if(call, problems_of(commands, locales))


def listed(core: Core, call: Call) -> list[Json]:
    """GET the registered commands."""
    return core.commands.get(_scope(core, call), [])


def replace(core: Core, call: Call) -> list[Json]:
    """PUT commands in the place of all registered ones; a command that stays keeps its id."""
    scope = _scope(core, call)
    _check(core, call, call.body)
    known = {(each["type"], each["name"]): each["id"] for each in core.commands.get(scope, [])}
    new = [each for each in call.body if (each.get("type", CHAT), each["name"]) not in known]
    _count(core, scope, len(new))
    core.commands[scope] = [_registered(core, scope, command, known) for command in call.body]
    core.bell.ring()
    return core.commands[scope]


def add(core: Core, call: Call) -> Json:
    """POST one command; one of the same name and type gives way."""
    scope = _scope(core, call)
    key = (call.body.get("type", CHAT), call.body["name"])
    others = [each for each in core.commands.get(scope, []) if (each["type"], each["name"]) != key]
    _check(core, call, [*others, call.body])
    _count(core, scope, 1)
    core.commands[scope] = [*others, _registered(core, scope, call.body, {})]
    core.bell.ring()
    return core.commands[scope][-1]


def _count(core: Core, scope: int, new: int) -> None:
    core.commands_made[scope] = core.commands_made.get(scope, 0) + new
    if core.commands_made[scope] > CREATES_A_DAY:
        text = f"Maximum number of daily application command creates has been reached ({CREATES_A_DAY})"
        raise ApiError(400, 30034, text)


def _registered(core: Core, scope: int, command: Json, known: dict[tuple[int, str], str]) -> Json:
    kind = command.get("type", CHAT)
    defaults: Json = {"description": "", "options": [], "default_member_permissions": None, "nsfw": False}
    return {
        **defaults,
        "contexts": None,
        "integration_types": [0],
        **{key: value for key, value in command.items() if value is not None},
        "type": kind,
        "id": known.get((kind, command["name"])) or str(core.world.new_id()),
        "application_id": str(core.world.application_id),
        "version": str(core.world.new_id()),
        **({"guild_id": str(scope)} if scope else {}),
    }


_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"

ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", _GLOBAL): listed,
    ("PUT", _GLOBAL): replace,
    ("POST", _GLOBAL): add,
    ("GET", _GUILD): listed,
    ("PUT", _GUILD): replace,
    ("POST", _GUILD): add,
}
