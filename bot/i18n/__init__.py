"""The texts people read: `text(key, locale, **parameters)`, one TOML file a language beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.domain import Notice
from bot.reasoning import harmless

DEFAULT_LOCALE = "en"
LOCALES = ("en", "he")


def text(key: str, locale: str, /, **parameters: object) -> str:
    """Return the sentence of `key` in the person's language, English where we do not speak it.

    `locale` is a BCP 47 tag; its region is ignored ("he-IL" reads Hebrew).

    Raises:
        KeyError: no such key, or a placeholder without its parameter: both are caught by the tests.
    """
    # Names of models and people come from elsewhere.
    shown = {name: harmless(value) if isinstance(value, str) else value for name, value in parameters.items()}
    template = further(locale).get(key) or sentences(language(locale))[key]
    return template.format_map(shown)


def sentence(notice: Notice, locale: str) -> str:
    """Return a notice in its own language or the person's; parameters that are notices are put into words first."""
    if is_spoken(notice.language) or notice.key in further(notice.language):
        locale = notice.language
    words = {
        name: sentence(value, locale) if isinstance(value, Notice) else value
        for name, value in notice.parameters.items()
    }
    return text(notice.key, locale, **words)


def is_spoken(locale: str) -> bool:
    """Whether there is a catalogue for a locale tag."""
    return _code(locale) in LOCALES


def language(locale: str) -> str:
    """Return the language of the catalogue for a locale tag."""
    return _code(locale) if is_spoken(locale) else DEFAULT_LOCALE


def _code(locale: str) -> str:
    return locale.replace("_", "-").split("-")[0].lower()


def further(locale: str) -> Mapping[str, str]:
    """Return the few sentences there are in a language without a catalogue; none for one that has."""
    return further_sentences().get(_code(locale), {})


@cache
def further_sentences() -> Mapping[str, Mapping[str, str]]:
    """Return those sentences by language: what is said to people in one that no operator could choose."""
    source = resources.files(__package__).joinpath("further.toml").read_text(encoding="utf-8")
    listed: Mapping[str, Mapping[str, str]] = tomllib.loads(source)
    return listed


@cache
def sentences(code: str) -> Mapping[str, str]:
    """Return the catalogue of one language: dotted keys to templates."""
    source = resources.files(__package__).joinpath(f"{code}.toml").read_text(encoding="utf-8")
    return dict(_flat("", tomllib.loads(source)))


def _flat(prefix: str, table: Mapping[str, object]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        rows += _flat(f"{key}.", value) if isinstance(value, Mapping) else [(key.removesuffix("._"), str(value))]
    return rows
