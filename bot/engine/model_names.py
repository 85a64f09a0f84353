"""Names of models as they are typed for hosts: what may be fetched, what a team model may be called.

A name is `[registry/][namespace/]model[:tag]`, each part of at most 80 characters. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from bot.engine.catalog import tidy_name
from bot.errors import UserError

_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}"
_NAME = re.compile(rf"{_PART}(?::\d{{1,5}}/{_PART}/{_PART}|(?:/{_PART}){{0,2}})(?::{_PART})?")
_TEAM_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,79}(?::[a-z0-9_][a-z0-9_.-]{0,79})?")
# Ollama's own library: a name is the same with it and without, and is listed without.
_OWN = re.compile(r"^(?:https?://)?(?:registry\.ollama\.ai|(?:www\.)?ollama\.com)/(?:library/)?", re.IGNORECASE)
_HUGGING_FACE = re.compile(r"^(?:https?://)?(?:huggingface\.co|hf\.co)/", re.IGNORECASE)
HUGGING_FACE = "hf.co"
_WITH_REGISTRY = 3
NEAREST = 0.6


def to_pull_name(typed: str, *, registries: Collection[str] = ()) -> str:
    """Return the name by which a host fetches a model; addresses of pages of the two great libraries are names, too.

    Raises:
        UserError: it is none, or names a registry that the operator has not allowed.
    """
    visible = "".join(each for each in typed if each.isprintable()).strip().strip("`")
    name = _HUGGING_FACE.sub(f"{HUGGING_FACE}/", _OWN.sub("", visible)).removeprefix("library/")
    is_theirs = name.split("/")[0] == HUGGING_FACE
    if not _NAME.fullmatch(name) or (is_theirs and name.count("/") != _WITH_REGISTRY - 1):
        raise UserError("error.model_name_odd", name=visible[:100])
    first, *rest = name.split("/")
    if len(rest) == _WITH_REGISTRY - 1 and first != HUGGING_FACE and first not in registries:
        raise UserError("error.pull_registry", registry=first)
    # Of Hugging Face, case matters to the registry; of the library nothing is written in capitals.
    return name if len(rest) == _WITH_REGISTRY - 1 else name.lower()


def to_team_name(typed: str) -> str:
    """Return what a model that is made here is called: one name, with a tag or without.

    Raises:
        UserError: it is none.
    """
    name = tidy_name(typed)
    if not _TEAM_NAME.fullmatch(name):
        raise UserError("error.team_name_odd", name=name[:100])
    return name


def nearest_of(name: str, known: Iterable[str]) -> str:
    """Return the known name that was meant, most likely; "" where none is near."""
    names = {each.lower(): each for each in known if each and tidy_name(each) != tidy_name(name)}
    found = get_close_matches(name.lower(), names, n=1, cutoff=NEAREST)
    return names[found[0]] if found else ""


def short_host(host: str) -> str:
    """Return a host's address as people read it: without what all of them have."""
    return host.removeprefix("http://").removesuffix(":11434")


def same_model(one: str, other: str) -> bool:
    """Whether two names are those of one model."""
    return tidy_name(one) == tidy_name(other)
