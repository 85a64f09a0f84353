"""Modelfiles, Ollama's recipes of a model: of one a team model takes template, system prompt, parameters, licence.

FROM and ADAPTER name files of the machine that wrote it: here the files are what was named. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LINE = re.compile(r"^[ \t]*(?P<word>[A-Za-z]+)[ \t]+(?P<rest>\"\"\".*?\"\"\"|[^\n]*)", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#[^\n]*$", re.MULTILINE)
# No parameter has more digits, and JSON has no number for what has thousands of them.
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?")
QUOTES = '"""'


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecipe:
    """What is laid over the weights; empty where the recipe says nothing."""

    template: str = ""
    system: str = ""
    licence: str = ""
    parameters: dict[str, object] = field(default_factory=dict)


def read_recipe(text: str) -> ModelRecipe:
    """Read a Modelfile; lines it does not know are passed over."""
    found: dict[str, str] = {}
    parameters: dict[str, object] = {}
    for word, value in _instructions(text):
        if word == "PARAMETER":
            _add(parameters, value)
        else:
            found[word] = value
    return ModelRecipe(
        template=found.get("TEMPLATE", ""),
        system=found.get("SYSTEM", ""),
        licence=found.get("LICENSE", ""),
        parameters=parameters,
    )


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while found := _LINE.search(text, at):
        at = found.end()
        if not _COMMENT.match(found.group()):
            yield found["word"].upper(), _unquoted(found["rest"].strip())


def _unquoted(value: str) -> str:
    for quotes in (QUOTES, '"'):
        if len(value) >= 2 * len(quotes) and value.startswith(quotes) and value.endswith(quotes):
            return value[len(quotes) : -len(quotes)]
    return value


def _add(parameters: dict[str, object], written: str) -> None:
    """Add a parameter, a number where it looks like one; `stop` may come several times. One without a value is none."""
    name, *rest = written.split(maxsplit=1) or [""]
    if not rest:
        return
    name, read = name.lower(), _value(_unquoted(rest[0]))
    if name != "stop":
        parameters[name] = read
        return
    stops = parameters.setdefault("stop", [])
    if isinstance(stops, list):
        stops.append(str(read))


def _value(written: str) -> object:
    if not _NUMBER.fullmatch(written):
        return written
    return float(written) if "." in written else int(written)
