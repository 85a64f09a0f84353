"""Read the settings, or say in one go everything that is wrong with them."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic import SecretStr, ValidationError

from bot.domain import Notice
from bot.errors import ConfigurationError
from bot.settings.group import DELIMITER, PREFIX, variable
from bot.settings.schema import ANY_NAME, ENCODING, Settings, fields

DOTENV = Path(".env")
_SHOWN_CHARS = 80
# Kubernetes puts the addresses of services into every container; a service named `lyceum` makes such names.
_SERVICE_LINK = re.compile(r"_SERVICE_(HOST|PORT)(_\w+)?$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$")
_PLAIN_HOST = re.compile(r"(\[[0-9a-fA-F:.]*\]?|[\w.-]*)(:\d*)?(/[\w./~-]*)?")
_PLAIN_ADDRESS = re.compile(rf"\w[\w+.-]*://{_PLAIN_HOST.pattern}")
# A token in the wrong variable: Slack's beginnings, or letters and digits mixed as no word has them.
# Looked for from the beginning of a run alone, so that a long one takes no longer than it is.
_TOKEN = re.compile(r"xox[a-z]-|xapp-|(?<![\w.+=-])(?=[\w.+=-]*\d)(?=[\w.+=-]*[A-Za-z])[\w.+=-]{24}")
_ANY_ENGINE = variable("engines", ANY_NAME) + DELIMITER
_ENGINE = re.compile(rf"{variable('engines')}{DELIMITER}[A-Z0-9](?:_?[A-Z0-9])*{DELIMITER}")
_ADDRESSES = ("_URL", "_HOSTS")
_OF_PYDANTIC = {
    "int_parsing": "settings.whole_number",
    "int_from_float": "settings.whole_number",
    "int_parsing_size": "settings.whole_number",
    "float_parsing": "settings.number",
    "finite_number": "settings.number",
    "bool_parsing": "settings.boolean",
    "literal_error": "settings.one_of",
    "greater_than": "settings.more_than",
    "greater_than_equal": "settings.at_least",
    "less_than_equal": "settings.at_most",
}


class SettingsError(ConfigurationError):
    """Settings are wrong: one notice each in `problems`, in the order of the reference."""

    def __init__(self, problems: tuple[Notice, ...]) -> None:
        super().__init__("settings.refused", count=len(problems))
        self.problems = problems


def load(dotenv: Path = DOTENV) -> Settings:
    """Read the settings from the environment, which wins, and the file.

    Raises:
        SettingsError: with every problem found; no secret is in any of them.
    """
    unknown = tuple(_unknown(_names(dotenv)))
    if no_text := tuple(_no_text()):
        raise SettingsError(no_text + unknown)
    try:
        settings = Settings(_env_file=dotenv)  # type: ignore[call-arg]  # mypy sees the fields only
    except ValidationError as error:
        wrong = tuple(_problem(detail) for detail in error.errors() if detail["type"] != "extra_forbidden")
        raise SettingsError(wrong + unknown) from None
    if unknown:
        raise SettingsError(unknown)
    return settings


def _names(dotenv: Path) -> set[str]:
    """Return the names with our prefix, upper case, that are set in the environment or written in the file."""
    try:
        written = dotenv.read_text(encoding=ENCODING) if dotenv.is_file() else ""
    except (OSError, UnicodeDecodeError):
        raise SettingsError((Notice("settings.file", {"file": dotenv}),)) from None
    lines = list(parse_stream(StringIO(written)))
    if wrong := [line.original.line for line in lines if line.error]:
        raise SettingsError(tuple(Notice("settings.line", {"file": dotenv, "line": number}) for number in wrong))
    names = (*os.environ, *(line.key or "" for line in lines))
    return {_printable(name).upper() for name in names if name.upper().startswith(PREFIX)}


def _no_text() -> Iterator[Notice]:
    """Say of variables that hold bytes which are no text: Python keeps them as characters nobody can write."""
    for name, value in sorted(os.environ.items()):
        if name.upper().startswith(PREFIX) and value.encode(ENCODING, "ignore").decode(ENCODING) != value:
            yield Notice("settings.no_text", {"variable": name.upper().encode(ENCODING, "replace").decode(ENCODING)})


def _unknown(names: set[str]) -> Iterator[Notice]:
    for name in sorted(name.removeprefix(PREFIX) for name in names):
        known = [each.removeprefix(PREFIX) for each in _known_beside(PREFIX + name)]
        if name in known:
            continue
        if _SERVICE_LINK.search(PREFIX + name):
            continue
        nearest = difflib.get_close_matches(name, known, n=1)
        key = "settings.unknown_near" if nearest else "settings.unknown"
        yield Notice(key, {"variable": PREFIX + name, "nearest": PREFIX + "".join(nearest)})


def _known_beside(name: str) -> list[str]:
    """Return the names of all settings; those of engines under the name of the engine that `name` is of."""
    own = _ENGINE.match(name)
    return [each.replace(_ANY_ENGINE, own[0] if own else _ANY_ENGINE) for _, each, _ in fields()]


def _problem(detail: Mapping[str, Any]) -> Notice:
    """Translate one of pydantic's errors into a notice of ours."""
    depth = 3 if detail["loc"][0] == "engines" else 2
    name = variable(*(str(part) for part in detail["loc"][:depth]))
    parameters: dict[str, object] = {"variable": name, "got": _shown(name, detail["input"])}
    context = detail.get("ctx", {})
    if detail["type"] == "refused":
        told = {key: value for key, value in context.items() if key != "key"}
        if "item" in told:
            told["item"] = _shown(name, told["item"])
        return Notice(context["key"], parameters | told)
    bound = next((context[key] for key in ("gt", "ge", "le", "expected") if key in context), "")
    wanted = f"{bound:g}" if isinstance(bound, float) else str(bound).replace("'", "").replace(" or ", ", ")
    return Notice(_OF_PYDANTIC.get(detail["type"], "settings.wrong"), parameters | {"wanted": wanted})


def _shown(name: str, value: object) -> str:
    """Return what a message may show of a value: nothing of a secret, nor of what may hold a password."""
    known = zip(_known_beside(name), fields(), strict=True)
    secret = any(name == each and SecretStr.__name__ in str(field.annotation) for each, (_, _, field) in known)
    if secret or not isinstance(value, str | tuple | int | float):
        return "***"
    text = _printable(", ".join(map(str, value)) if isinstance(value, tuple) else str(value)).replace("`", "'")
    if (
        _TOKEN.search(text)
        or "@" in text
        or "%40" in text
        or any(_is_risky(name, each) for each in re.split(r"[\s,]+", text))
    ):
        return "***"
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


def _printable(text: str) -> str:
    """Return a text without what moves a terminal's cursor or cannot be written to it."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def _is_risky(name: str, text: str) -> bool:
    """Whether a text is an address with more in it than a host, a port and a path; in some settings all are addresses.

    A name and a password may stand there without the sign that parts them from a host.
    """
    if "://" in text:
        return _PLAIN_ADDRESS.fullmatch(text) is None
    return name.endswith(_ADDRESSES) and ":" in text and _PLAIN_HOST.fullmatch(text) is None
