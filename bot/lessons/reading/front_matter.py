"""What stands before a lesson about itself: YAML between `---`, TOML between `+++`, or one JSON object.

Each is read by a parser of its own, every value as text, so that `lang: no` is Norwegian and `010` stays as it is.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.lessons.language.languages import tag_of

YAML = re.compile(r"\A\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
TOML = re.compile(r"\A\s*\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# A template's braces and tabs are no YAML, but what stands around them is read all the same.
LINE = re.compile(r"""^["']?([\w.-]+)["']?[ \t]*:[ \t]+["']?(.*?)["']?[ \t]*$""", re.MULTILINE)
KEY = re.compile(r"[\w.$@/:-]+")
MOST_CHARS = 20_000
TITLES = ("title", "linkTitle", "sidebar_label")
EMPHASIS = re.compile(r"(?<![\w*`])(\*{1,3}|`)(?![\s*`])(.+?)(?<![\s*`])\1(?![\w*`])")
POSITIONS = ("sidebar_position", "nav_order", "weight", "order", "position")
PLAIN_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")
LANGUAGES = ("lang", "language", "locale", "languageCode")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What a lesson says of itself: each "" or None where it does not. `length` characters of its text say it.

    `position` is where it stands among the lessons of its folder, in whatever steps the course counts. `told` is all it
    says, by name: programs that make sites have names of their own.
    """

    title: str = ""
    language: str = ""
    position: float | None = None
    length: int = 0
    told: Mapping[str, object] = field(default_factory=dict)


NONE = FrontMatter()


def front_matter(text: str) -> FrontMatter:
    """Return what stands before a lesson; `NONE` where nothing does."""
    for block, read in ((YAML, _yaml), (TOML, _toml)):
        found = block.match(text)
        told = _told(found[1], read) if found and len(found[1]) <= MOST_CHARS else None
        if found and told is not None:
            return _front(told, found.end())
    return _json(text)


def _told(block: str, read: Callable[[str], object]) -> Mapping[str, object] | None:
    """Return the block's keys and values; None where it is prose between two rules."""
    told = read(block) if block.strip() else {}
    if not isinstance(told, dict):
        return None
    names = [str(name) for name in told]
    return dict(zip(names, told.values(), strict=True)) if not names or KEY.fullmatch(names[0]) else None


def _yaml(block: str) -> object:
    import yaml

    try:
        return yaml.load(block, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  # makes texts alone
    except (yaml.YAMLError, RecursionError, ValueError):
        return _lines(block)


def _toml(block: str) -> object:
    try:
        return tomllib.loads(block)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _lines(block: str) -> object:
    """Return the plain lines of a block that is no YAML; None where it does not begin with one."""
    return dict(LINE.findall(block)) if LINE.match(block.lstrip()) else None


def _json(text: str) -> FrontMatter:
    if not text.lstrip().startswith("{"):
        return NONE
    start = len(text) - len(text.lstrip())
    try:
        told, end = json.JSONDecoder().raw_decode(text[: start + MOST_CHARS], start)
    except (ValueError, RecursionError):
        return NONE
    ends = isinstance(told, dict) and bool(told) and (end == len(text) or text[end] == "\n")
    return _front(told, end) if ends else NONE


def _front(told: Mapping[str, object], length: int) -> FrontMatter:
    languages = (tag_of(_text(told.get(name))) for name in LANGUAGES)
    titles = (EMPHASIS.sub(r"\2", _text(told.get(name))) for name in TITLES)
    return FrontMatter(
        title=next((title for title in titles if title and "{{" not in title and "{%" not in title), ""),
        language=next(filter(None, languages), ""),
        position=next((found for name in POSITIONS if (found := _number(told.get(name))) is not None), None),
        length=length,
        told=told,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (str, int, float)) and PLAIN_NUMBER.fullmatch(str(value)) else None


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
