"""The one interface of a scene: what people do with the bot on a platform, and what they see."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from adapters.base import Adapter
from bot.engine.access import Access
from bot.engine.engine import Engine
from tests.adapters.seen import Seen
from tests.fakes import FakeBackend
from tests.memory import FakeNewsStore, FakeTurns, FakeUpkeep

ADA, BEN, DANA, ROSA = "Ada", "Ben", "Dana", "Rosa"
# Arguments that stand by themselves where a command is typed; others stand behind their names and a colon.
BY_PLACE = frozenset({"name", "first", "second", "lesson", "course", "question", "confirm"})


class Ended(Protocol):
    """A process that heard a question, and ended before it had answered."""

    async def posts(self, text: str, *, index: int = 0, noted: bool = True) -> Any:
        """Post a message of the answer."""
        ...


class Stage(ABC):
    """A platform with the bot in it. Ada and Ben talk, Dana's client is Hebrew, Rosa rules.

    `direct` is said to the bot alone, where each person has a place of their own; all else in the one channel. What was
    said, called or pressed is a value that the platform knows. `longest` is what a message holds, `live` are texts that
    would ring people; `mention` is how people call the bot; `footnote`, `bold` and `code` are how sentences of the bot
    look, with `{}` for the words. `is_thread_of_question`: answers stand in a thread that is gone with its question.
    """

    platform = ""
    longest = 0
    footnote = ""
    mention = ""
    bold = ""
    code = ""
    is_thread_of_question = False
    live: tuple[str, ...] = ()
    backend: FakeBackend
    turns: FakeTurns
    access: Access
    upkeep: FakeUpkeep

    @property
    def engine(self) -> Engine:
        """The engine of the bot that runs."""
        raise NotImplementedError

    @property
    def adapter(self) -> Adapter:
        """Its connection."""
        raise NotImplementedError

    @property
    def news(self) -> FakeNewsStore:
        """What changed among the models, for all processes."""
        return self.upkeep.news

    def another_engine(self) -> Engine:
        """Return the engine of another process, on the same stores."""
        raise NotImplementedError

    def tells_news_here(self) -> None:
        """Name the channel as the one in which admins are told what changed among the models."""
        raise NotImplementedError

    async def later(self, seconds: float) -> None:
        """Let time pass."""
        raise NotImplementedError

    def close_channel(self) -> None:
        """Let the bot not write in the channel any more."""
        raise NotImplementedError

    def open_channel(self) -> None:
        """Let it write there again."""
        raise NotImplementedError

    def posts_tried(self) -> int:
        """Return how often the bot has tried to post anywhere."""
        raise NotImplementedError

    # --- what people do

    @abstractmethod
    async def say(self, who: str, text: str, *, direct: bool = False) -> Any:
        """Say something to the bot; return what was said."""

    @abstractmethod
    async def call(self, who: str, command: str, *, direct: bool = False, **arguments: str) -> Any:
        """Call a command by its slash."""

    @abstractmethod
    async def press(self, who: str, message: Seen, label: str) -> Any:
        """Press a button by its label. Raises: LookupError: there is none."""

    @abstractmethod
    async def stop(self, who: str, message: Seen) -> None:
        """Press Stop, ours or the platform's."""

    async def chatter(self, who: str, text: str) -> Any:
        """Say something that is not meant for the bot; return what was said."""
        raise NotImplementedError

    async def send(
        self,
        who: str,
        text: str = "",
        *,
        direct: bool = False,
        calls: bool = True,
        files: Sequence[tuple[str, bytes]] = (),
        forwards: Any = None,
        voice: bytes = b"",
        voice_s: float = 1.3,
    ) -> Any:
        """Say something with files, a forwarded message or a recording; `calls` mentions the bot in the channel."""
        raise NotImplementedError

    async def redeliver(self, done: Any) -> None:
        """Deliver once more what was said, called or pressed."""
        raise NotImplementedError

    async def edit(self, said: Any, text: str) -> None:
        """Change what was said."""
        raise NotImplementedError

    async def delete(self, said: Any) -> None:
        """Delete what was said."""
        raise NotImplementedError

    async def ask_about(self, who: str, said: Any, *, question: str = "", alone: bool = True) -> bool:
        """Choose "Ask about this message" in its menu, and send the form; `question` in the place of its own.

        Return whether a form came.
        """
        raise NotImplementedError

    async def fill_in(self, who: str, text: str) -> None:
        """Fill in the form that a press has opened, and send it."""
        raise NotImplementedError

    # --- what people see

    @abstractmethod
    def wall(self) -> list[Seen]:
        """Return the bot's messages in the channel that everybody reads, oldest first."""

    def was_on_the_wall(self) -> int:
        """Return how many messages of the bot everybody in the channel could read, if only for a moment."""
        raise NotImplementedError

    @abstractmethod
    def alone(self, who: str) -> list[Seen]:
        """Return the bot's messages that this person alone reads, in the channel and directly, oldest first."""

    @abstractmethod
    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something holds. Raises: TimeoutError."""

    async def reads(self, text: str, *, whole: bool = True) -> Seen:
        """Wait until a message in the channel holds a text, finished or, with `whole` False, not."""
        return await self._found(self.wall, text, whole=whole)

    async def reads_alone(self, who: str, text: str, *, whole: bool = True) -> Seen:
        """Wait until a message that one person alone reads holds a text."""
        return await self._found(lambda: self.alone(who), text, whole=whole)

    async def reads_told(self, who: str, text: str) -> Seen:
        """Wait until a message holds a text that one person reads, alone or where others do, too."""
        return await self._found(lambda: [*self.alone(who), *self.wall()], text, whole=True)

    async def _found(self, wall: Callable[[], Iterable[Seen]], text: str, *, whole: bool) -> Seen:
        def found() -> list[Seen]:
            return [each for each in wall() if text in each.text and (self.is_whole(each) or not whole)]

        try:
            await self.until(found)
        except TimeoutError as error:
            raise TimeoutError(f"{text!r} is not to be read: {list(wall())}") from error
        return found()[0]

    def is_whole(self, message: Seen) -> bool:
        """Tell whether nothing more is to come in a message."""
        return not message.stops

    def rung_by(self, who: str) -> frozenset[str]:
        """Return who is rung by an answer to this person."""
        raise NotImplementedError

    async def rests(self) -> None:
        """Wait until nothing shows that the bot is at work."""
        await self.until(lambda: all(self.is_whole(each) for each in self.wall()))

    # --- processes

    @abstractmethod
    def running(self) -> AbstractAsyncContextManager[None]:
        """Run the bot, connected."""

    def restarted(self) -> AbstractAsyncContextManager[None]:
        """Run another process of the bot, some time after the first one has ended."""
        raise NotImplementedError

    def ended(self, said: Any) -> AbstractAsyncContextManager[Ended]:
        """Run, instead of the bot, a process that ends with the block."""
        raise NotImplementedError

    async def take_over(self) -> None:
        """Let the running bot answer what ended processes left."""
        raise NotImplementedError

    def block(self, who: str) -> None:
        """Put a person on the operator's list of those who may not speak."""
        # Lists are frozen since they change with a restart only; for the engine this is one.
        object.__setattr__(self.access, "blocked", frozenset({f"{self.platform}:{self.id_of(who)}"}))

    def demote(self, who: str) -> None:
        """Take an admin's rights, so that the bot hears nothing of it."""
        raise NotImplementedError

    def tells_no_rights(self) -> None:
        """Let the platform not say any more who is an admin."""
        raise NotImplementedError

    @abstractmethod
    def id_of(self, who: str) -> str:
        """Return the platform's id of a person."""


def typed(arguments: Mapping[str, str]) -> str:
    """Return a command's arguments as people type them."""
    return " ".join(value if name in BY_PLACE else f"{name}:{value}" for name, value in arguments.items())


__all__ = ["ADA", "BEN", "DANA", "ROSA", "Ended", "Seen", "Stage", "typed"]
