"""Choices of a model, and how far each reaches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.completion import Think


class Level(StrEnum):
    """How far a choice of model reaches, nearest first: the order in which choices win."""

    ME = "me"
    THREAD = "thread"
    CHANNEL = "channel"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Choice:
    """A stored choice of model: at which level, which model, who chose it, and how much it is to think.

    `think` is None where nothing was chosen about that. `assistant` names the one that was chosen, and whose model it
    is; "" where the model was.
    """

    level: Level
    model: str
    chosen_by: str
    think: Think | None = None
    assistant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedChoice:
    """A stored choice of one model, with its scope; what the level does not reach down to is "".

    `person_id` and `person_name`, "" where nobody has heard them, are of a choice for one person alone.
    """

    level: Level
    platform: str
    workspace: str
    channel: str = ""
    thread: str = ""
    person_id: str = ""
    person_name: str = ""
