"""Before a message goes to an Ollama host: whether its model runs there, or is a name for one on a machine elsewhere.

Asked before each message and not at a start alone: a tag may be another model's a moment later. What only a chunk of an
answer tells ends that answer, and is remembered.
"""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

from bot.domain import is_blank
from bot.errors import ModelElsewhere, ModelMissing
from bot.llm.host_json import Json, count_in, object_in, objects_in, text_in
from bot.llm.ollama_wire import Refusal

NAME_CHARS = 350  # Ollama's own: a host, a namespace, a model and a tag of 80 each
MOST_BYTES = 2**63 - 1
LEAST_BYTES = 2**20  # stubs of remote models were recorded with 166 to 258 bytes
MARKS = ("remote_host", "remote_model")
# A host answers to such names though nobody pulled them, by passing on what it is asked.
CLOUD_NAMES = (":cloud", "-cloud")
LOCKED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
Key = tuple[str, str]  # name and digest


def has_cloud_name(name: str) -> bool:
    """Whether a name is one that hosts pass on, whoever made a model of that name."""
    return name.strip().casefold().endswith(CLOUD_NAMES)


def is_marked(told: Json) -> bool:
    """Whether a list's entry, a card or a chunk says that a machine elsewhere answers."""
    return any(told.get(mark) for mark in MARKS)


def is_remote(installed: Json) -> bool:
    """Whether an entry of the list is of a model whose weights are elsewhere.

    It is marked so, or is too small to be more than a name, or has no format; a model made from a stub loses the marks
    and has the size of what was added to it.
    """
    details = object_in(installed, "details")
    is_small = 0 < count_in(installed, "size", most=MOST_BYTES) < LEAST_BYTES
    is_formless = details.get("format") == ""
    names = (text_in(installed, "model"), text_in(installed, "name"), text_in(details, "parent_model"))
    return is_marked(installed) or is_small or is_formless or any(map(has_cloud_name, names))


def is_withheld(failure: Exception) -> bool:
    """Whether a host refuses to show a model, as it does those of a cloud that is switched off or not signed in to."""
    return isinstance(failure, Refusal) and failure.status in LOCKED and failure.is_ollamas


def key_of(installed: Json) -> Key:
    """Return what a model's facts are kept by: a digest stands for its whole content."""
    return name_of(installed), text_in(installed, "digest")


def name_of(listed: Json) -> str:
    """Return what a listed model is called; "" for what nobody can read or type. The oldest servers know one field."""
    names = (text_in(listed, "model"), text_in(listed, "name"))
    return next(filter(_is_name, names), "")


def _is_name(name: str) -> bool:
    return name.isprintable() and "`" not in name and len(name) <= NAME_CHARS and not is_blank(name)


def entry_of(answer: Json, model: str, left: Collection[Key] = ()) -> Json:
    """Return the entry of a model that is to be asked, from the list as it is now.

    `left` are the models whose chunks told that a machine elsewhere answered.

    Raises:
        ModelElsewhere: it would be asked on a machine elsewhere.
        ModelMissing: it is not there; a host may answer all the same, by passing on what it is asked.
        ValueError: this is no list.
    """
    if has_cloud_name(model):
        raise ModelElsewhere(model)
    wanted = {model.casefold(), f"{model}:latest".casefold()}
    rows = objects_in(answer, "models")
    entry = next((each for each in rows if name_of(each).casefold() in wanted), None)
    if entry is None:
        raise ModelMissing(model)
    if is_remote(entry) or key_of(entry) in left:
        raise ModelElsewhere(model)
    return entry
