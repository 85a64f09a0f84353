"""What a person's client offers: registered commands, their options, and a modal's fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.lab.discord import permissions
from tests.lab.discord.core import Core
from tests.lab.discord.interactions import context_of
from tests.lab.discord.state import Channel, Json, User

SUBCOMMAND, GROUP = 1, 2
PERSONAL = 1  # the installation a person keeps for themselves


def find(core: Core, channel: Channel, user: User, name: str, *, kind: int) -> Json:
    """Return a command as this person's client offers it in this channel.

    Raises:
        LookupError: none is registered by this name.
        PermissionError: it is not offered here, or not to this person.
    """
    guild_id = channel.guild.id if channel.guild else 0
    known = core.commands.get(guild_id, []) + core.commands.get(0, [])
    found = next((each for each in known if (each["name"], each["type"]) == (name, kind)), None)
    if found is None:
        raise LookupError(f"{name!r} is not among {[each['name'] for each in known]}")
    contexts = found["contexts"]
    is_elsewhere = contexts is not None and context_of(channel) not in contexts
    if is_elsewhere or (not channel.has_bot and PERSONAL not in found["integration_types"]):
        raise PermissionError(f"{name!r} is not offered in this kind of channel")
    _may_use(found, channel, user)
    return found


def _may_use(command: Json, channel: Channel, user: User) -> None:
    needed = command["default_member_permissions"]
    if needed is None or channel.guild is None:
        return
    has = permissions.of_member(channel.guild.members[user.id], channel)
    if has & int(needed) != int(needed) or (needed == "0" and has != permissions.ALL):
        raise PermissionError(f"{user.name} is not offered {command['name']!r}")


def head(command: Json) -> Json:
    """Return the part of an interaction's data that names the command."""
    guild = {"guild_id": command["guild_id"]} if "guild_id" in command else {}
    return {"id": command["id"], "name": command["name"], "type": command["type"], **guild}


def chat_data(command: Json, words: Sequence[str], values: Mapping[str, Any], *, focused: str = "") -> Json:
    """Return the data of a chat command: down its groups and subcommands, then the options with their values.

    Raises:
        LookupError: a word or an option does not exist, or a required option has no value.
    """
    return {**head(command), "options": _options(command, words, values, focused)}


def _options(part: Json, words: Sequence[str], values: Mapping[str, Any], focused: str) -> list[Json]:
    options = {option["name"]: option for option in part.get("options") or []}
    if words:
        below = options[words[0]]
        return [{"type": below["type"], "name": words[0], "options": _options(below, words[1:], values, focused)}]
    if any(option["type"] in (SUBCOMMAND, GROUP) for option in options.values()):
        raise LookupError(f"{part['name']!r} needs one of {list(options)}")
    missing = [name for name, option in options.items() if option.get("required") and name not in values]
    if missing and not focused:
        raise LookupError(f"required: {missing}")
    return [_value(options[name], value, is_focused=name == focused) for name, value in values.items()]


def _value(option: Json, value: Any, *, is_focused: bool) -> Json:
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices and not is_focused:
        raise LookupError(f"{value!r} is not one of {choices}")
    given = {"type": option["type"], "name": option["name"], "value": value}
    return {**given, "focused": True} if is_focused else given


def filled_in(part: Json, values: Mapping[str, Any]) -> Json:
    """Return a modal's component as it is submitted: rows and labels around fields, with what was put in."""
    if "component" in part:
        return {"type": part["type"], "id": part.get("id", 1), "component": filled_in(part["component"], values)}
    if "components" in part:
        return {"type": part["type"], "components": [filled_in(each, values) for each in part["components"]]}
    if "custom_id" not in part:
        return {"type": part["type"], "id": part.get("id", 1)}  # a text comes back without its words
    name = part["custom_id"]
    key = "values" if "options" in part or part["type"] in (5, 6, 7, 8, 19) else "value"
    before = _before(part) if key == "values" else part.get("value", "")
    given = values[name] if part.get("required", True) and not before else values.get(name, before)
    if key == "value" and not part.get("min_length", 0) <= len(given) <= part.get("max_length", 4000):
        raise LookupError(f"{name!r} does not take {len(given)} characters")
    return {"type": part["type"], "id": part.get("id", 1), "custom_id": name, key: given}


def _before(part: Json) -> list[str]:
    """Return what is chosen in a select before anybody touches it."""
    return [option["value"] for option in part.get("options") or [] if option.get("default")]
