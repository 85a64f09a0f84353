"""Jobs: what is done to a host's models, or to the lessons, for an admin, and takes long. A turn carries it out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelJob:
    """A command that takes long: `command` of the table ("model pull"), and what it was called with.

    `name` is the model it makes, `source` what that is made from; `host` where, "" until that is chosen. The others are
    of an import; `recipe` is the Modelfile that came along. Of a refresh of lessons `name` is the course, or
    `EVERY_COURSE`, and `done` what is done of it, as whoever is at it writes that. Empty means not said.
    """

    command: str
    name: str
    host: str = ""
    source: str = ""
    base: str = ""
    recipe: str = ""
    replace: str = ""
    done: str = ""

    def written(self) -> str:
        """Return it as it is stored."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False)


EVERY_COURSE = "*"
"""In the place of a course's name: all that are known."""


def read_job(written: str) -> ModelJob | None:
    """Read what `ModelJob.written` wrote; None for "", and for what is none, as of a later version."""
    try:
        told = json.loads(written) if written else None
    except ValueError:
        return None
    if not isinstance(told, Mapping):
        return None
    known = {field.name: str(told[field.name]) for field in fields(ModelJob) if field.name in told}
    return ModelJob(**known) if {"command", "name"} <= known.keys() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProgress:
    """How far a host is with a model: what it does (`step`), and how much of what is fetched or sent is there.

    `total` is what is known of by now: a host learns of one file after the other. In bytes; 0 where it does not say.
    """

    step: str
    done: int = 0
    total: int = 0


FETCHING, CHECKING, WRITING, WAITING = "fetching", "checking", "writing", "waiting"
READING, SENDING, MAKING = "reading", "sending", "making"
"""The steps, each the end of a notice key (`pull.step.<step>`)."""
