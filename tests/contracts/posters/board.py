"""What the contract of a poster needs of each implementation: where a reply is posted, and what is seen there."""

from __future__ import annotations

from abc import ABC, abstractmethod

from adapters.base import Poster
from tests.adapters.seen import Seen

TURN = 7
KEY = f"turn-{TURN}:0"


class Board(ABC):
    """Where one reply is posted, and what people see there.

    `live` are texts that would ring people here; `asker` is who may be rung.
    """

    live: tuple[str, ...] = ()
    asker = ""

    def __init__(self) -> None:
        self.poster = self.another()

    @abstractmethod
    def another(self, *, attempt: int = 0) -> Poster:
        """Make another poster for the same reply, as a later attempt does."""

    def for_command(self) -> Poster:
        """Make the poster of a command, which answers no turn."""
        raise NotImplementedError

    @abstractmethod
    def seen(self) -> list[Seen]:
        """Return the messages as they are seen now, oldest first."""

    def passes(self, seconds: float) -> None:  # noqa: B027 - as it says
        """Let so much time pass on the platform; where nobody counts calls, nothing has to."""

    async def last_is_deleted(self) -> None:
        """Let somebody delete the newest message."""
        raise NotImplementedError

    def goes_for_good(self) -> None:
        """Let the place be one in which the bot may not write."""
        raise NotImplementedError

    def fails_once(self) -> None:
        """Let the platform fail to take the next post."""
        raise NotImplementedError

    def loses_an_answer(self) -> None:
        """Let the platform take the next post, and its answer be lost."""
        raise NotImplementedError

    @property
    def texts(self) -> list[str]:
        """The texts of the messages, without white space at their ends."""
        return [each.text.strip() for each in self.seen()]

    @property
    def words(self) -> str:
        """All that can be read: in messages and in their files."""
        return "\n".join(part for each in self.seen() for part in (each.text, *each.files))
