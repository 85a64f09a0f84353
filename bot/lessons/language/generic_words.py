"""Generic words: what a question says about the kind of thing it asks for, kept in generic_words.toml by language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.lessons.language.stop_words import content
from bot.lessons.language.words import is_wide, words


def topic_words(text: str, language: str) -> list[str]:
    """Return the words of a text that say what it is about, each once; all that do not bind where nothing is left."""
    every = content(text, language)
    own = language.partition("-")[0]
    cut = _wide(own)
    kept = content(cut.sub(" ", text), language) if cut else every
    return [word for word in kept if word not in _generic(own)] or every


@cache
def _lists() -> Mapping[str, str]:
    lists: dict[str, str] = tomllib.loads(
        files("bot.lessons.language").joinpath("generic_words.toml").read_text("utf-8")
    )
    return lists


@cache
def _generic(language: str) -> frozenset[str]:
    return frozenset(word for listed in _lists().get(language, "").split() for word in words(listed))


@cache
def _wide(language: str) -> re.Pattern[str] | None:
    wide = sorted((word for word in _lists().get(language, "").split() if is_wide(word)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, wide))) if wide else None
