"""The ports a platform implements: `Adapter`, its connection, and `Poster`, which posts and edits messages.

An adapter parses events, acknowledges them, makes one `Poster` per reply and hands it to
`adapters.delivery.deliver.deliver`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from adapters.cutting import File
from bot.domain import Address, Button, Figures, ReplyPart, Turn

__all__ = [
    "Adapter",
    "Announcement",
    "Call",
    "Content",
    "ContentRefused",
    "File",
    "Limits",
    "PlaceClosed",
    "PostFailed",
    "Poster",
    "Undeliverable",
]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform bears: characters a message (in Python's `len`), seconds between two edits of one message.

    `only_grows`: what is shown cannot be taken back. There a reply is one message, however long, and each text it is to
    read begins with the one before. `Poster.render` has to keep that so.
    `shows_growth`: a message is shown while it runs, so that it can be tried how much of a text the platform takes.
    `has_tables`: figures are shown as tables and charts of the platform's own; `has_pictures`: as a picture, too.
    """

    message_chars: int
    edit_interval_s: float
    only_grows: bool = False
    shows_growth: bool = True
    has_tables: bool = False
    has_pictures: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What a message is to be: its whole text, as `Poster.render` made it, and what goes with it.

    `running`: more is to come in this message; where a turn is answered it has a Stop button. Buttons and files come
    with the last edit of a message alone, when `running` is False. `are_told`: the words number and name the buttons.
    `own_chars`: how many characters at the end are the bot's own words, where text only grows. `figures` are for the
    platform to show; where it takes none, the message is to read `in_words`.
    """

    text: str
    running: bool = False
    buttons: tuple[Button, ...] = ()
    files: tuple[File, ...] = ()
    are_told: bool = False
    own_chars: int = 0
    figures: Figures | None = None
    in_words: str = ""


class Call(Enum):
    """What a poster is about to be asked: a state, a post or an edit, each of a message that runs or is whole."""

    SHOW_STATE = "show_state"
    POST = "post"
    POST_WHOLE = "post_whole"
    GROW = "grow"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something the bot says of its own accord: `parts` returns what it says at an address, nothing for nothing.

    `key` names it, the same on every try, and so does `mark`, a button under it; `begun_at` is when the first try
    began, and `is_again` says that there was one before. `language` is the one it is said in.
    """

    key: str
    channel: str
    begun_at: datetime
    is_again: bool
    language: str
    mark: Button
    parts: Callable[[Address], Awaitable[Sequence[ReplyPart]]]


class Poster(Protocol):
    """Posts one reply's messages. Made by the adapter for one turn or one command; used by one task at a time.

    All methods but `bucket`, `render` and `footnote`, which are pure, return when the platform has accepted the call;
    they raise `Undeliverable` when it never will (`ContentRefused` where another text may be taken, `PlaceClosed` where
    the bot may not write) and `PostFailed` when it may later.
    """

    @property
    def limits(self) -> Limits:
        """The platform's limits."""
        ...

    def bucket(self, call: Call, message_id: str = "", *, is_anew: bool = False) -> str:
        """Return the name of the governor's bucket in which the platform counts this call; "" where nobody counts.

        `message_id` names the message of an edit, "" for one that is not posted yet. `is_anew`: what shows a state is
        removed before, so that its place is nobody's. May say otherwise as soon as a call has been made.
        """
        ...

    async def show_state(self, text: str, *, holds: bool = False) -> str:
        """Show what the bot is doing, until the first `post`, which takes the state's place.

        `holds`: other answers will stand below, so it has to be a message wherever a state can be one.

        Return the id of the message that shows it, which that post will have too; "" where the state is no message.
        """
        ...

    def render(self, markdown: str) -> str:
        """Return standard Markdown as this platform reads it; messages are cut from the result."""
        ...

    async def post(self, content: Content, *, key: str) -> str:
        """Post a new message and return its id. `key` is the idempotency key."""
        ...

    async def edit(self, message_id: str, content: Content) -> None:
        """Make the message what `content` says (whole, not the difference); one not `running` is its last edit."""
        ...

    async def remove(self, message_id: str) -> None:
        """Take a message away, or make it say nothing; one that is gone is no error.

        A state's message that is removed gives its place to nobody: what comes next is posted anew.
        """
        ...

    async def find(self, key: str) -> str:
        """Return the id of the message an earlier attempt may have posted under this key; "" when there is none.

        Asked once before a key is used again, since a process may have ended between posting and noting it.
        """
        ...

    def footnote(self, text: str) -> str:
        """Return the bot's own sentence as it reads under an answer: one line, smaller or set apart."""
        ...


class Adapter(Protocol):
    """One platform's connection, as the composition root sees it."""

    @property
    def platform(self) -> str:
        """The platform's name in addresses."""
        ...

    @property
    def ready(self) -> asyncio.Event:
        """Set while the platform is connected."""
        ...

    async def run(self) -> None:
        """Connect and answer until cancelled. May be called again after it has raised."""
        ...

    async def announce(self, announcement: Announcement) -> bool:
        """Say something in a channel, once; return whether it is there now. Only while `ready` is set.

        Raises:
            Unavailable: what is to be said cannot be read.
        """
        ...

    def resume(self, turn: Turn) -> None:
        """Answer a turn that another process, or an earlier run, began. Only while `ready` is set."""
        ...


class Undeliverable(Exception):
    """The platform refuses for good: the channel is gone, or the bot may not write there.

    A revoked token is no such refusal: the answer is owed until the operator mends it.
    """


class ContentRefused(Undeliverable):
    """The platform does not take what the message says: another text it may.

    `is_moderated`: somebody's rules about words stop it, and no limit of lengths or forms.
    """

    def __init__(self, cause: str = "", *, is_moderated: bool = True) -> None:
        super().__init__(cause)
        self.is_moderated = is_moderated


class PlaceClosed(Undeliverable):
    """The bot may not write in this place. `missing` names what it lacks, as the platform does."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


class PostFailed(Exception):
    """The platform did not take this call after the SDK's own retries; a later one may go through.

    `refusal` is what the platform says against it in a word nobody here knows: where it says so to the end, it is no
    trouble that passes.
    """

    def __init__(self, cause: str = "", *, refusal: str = "") -> None:
        super().__init__(cause)
        self.refusal = refusal
