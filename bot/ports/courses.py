"""What the engine asks about courses: which one a place goes by, and which sources the lessons were taken from."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain import Address, Level, Notice
from bot.domain.place_courses import CourseChoice, KnownSource, PlacedCourse, SourceRequest


class CourseChoices(Protocol):
    """Which course a channel or a workspace goes by. All methods raise `Unavailable` when the store does."""

    async def chosen(self, address: Address) -> CourseChoice | None:
        """Return the nearest choice that reaches an address, None where there is none."""
        ...

    async def choose(self, level: Level, address: Address, person_id: str, *, course: str) -> None:
        """Store the choice in place of the one at its level, and note in the audit log who made it.

        A `ValueError` says that the level does not exist at this address.
        """
        ...

    async def clear(self, level: Level, address: Address, person_id: str) -> bool:
        """Take the choice at a level back; False where there was none."""
        ...

    async def all(self) -> Sequence[PlacedCourse]:
        """Return the choices of all places."""
        ...


class CourseSources(Protocol):
    """What the lessons were taken from, and how. All methods raise `Unavailable` when the store does."""

    async def known(self) -> Sequence[KnownSource]:
        """Return every source, by name."""
        ...

    async def taken(self, name: str, request: SourceRequest, *, courses: Mapping[str, str], origin: str = "") -> None:
        """Note that a source was taken in as it was asked for, just now."""
        ...

    async def failed(self, name: str, failure: Notice) -> None:
        """Note why a source could not be taken in anew; of an unknown one nothing is noted."""
        ...

    async def forget(self, name: str) -> None:
        """Know nothing of a source any more."""
        ...

    async def hold(self, name: str, worker: str, *, for_s: float) -> bool:
        """Keep a source for one worker, so that no other takes it in meanwhile; False while another one has it.

        Again with the same worker it is kept longer; for 0 seconds it is given back.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshStep:
    """How far a source is with being taken in anew: files looked at, of how many; 0 of 0 while it is fetched."""

    source: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What changed with a source: how many files of lessons are new, changed, gone, left out, and as before.

    `failure` is why it did not come to its end: then the lessons are as they were, or partly new.
    """

    source: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    skipped: int = 0
    unchanged: int = 0
    failure: Notice | None = None


class CourseRefresher(Protocol):
    """Takes sources in anew, as they were asked for at first."""

    def refresh(self, name: str, *, worker: str = "") -> AsyncGenerator[RefreshStep | Refreshed, None]:
        """Yield how far a known source is, and at the end what changed, or why it failed. Closing it ends the work.

        `worker` holds the source meanwhile, "" for one that nobody else is.

        Raises:
            Unavailable: the store does not answer.
        """
        ...
