"""What the workspace holds: people, channels, messages, and the record of what was asked of it."""

from __future__ import annotations

import itertools
import random
import string
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.lab.slack.clock import LabClock

Json: TypeAlias = dict[str, Any]
ALPHABET = string.ascii_uppercase + string.digits


@dataclass(slots=True)
class User:
    """A person, or the bot's own account."""

    id: str
    name: str
    team_id: str
    locale: str = "en-US"
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Channel:
    """A channel or a DM with the bot. `members` are user ids."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_im: bool = False
    is_private: bool = False
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a message's life: what happened ("post", "append", "update", "stop", "delete"), when, what it read."""

    what: str
    at: float
    text: str


@dataclass(slots=True)
class Message:
    """A message as the people in the channel see it now. `history` is how it came about, oldest first."""

    channel: str
    ts: str
    author: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    markdown: bool = False
    streaming: bool = False
    is_stream: bool = False
    visible_to: str | None = None
    broadcast: bool = False
    deleted: bool = False
    client_msg_id: str | None = None
    bot_id: str | None = None
    files: list[str] = field(default_factory=list)
    pings: set[str] = field(default_factory=set)
    reactions: dict[str, set[str]] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)

    @property
    def edited(self) -> bool:
        """Whether it was changed after it was posted and, for a stream, after it was stopped."""
        return any(change.what == "update" for change in self.history)

    @property
    def shown(self) -> str:
        """What people read: the blocks where there are any, else the text; a stream's text and then its blocks."""
        blocks = "\n".join(part for block in self.blocks for part in texts_of(block))
        if self.is_stream:
            return f"{self.text}\n{blocks}" if blocks else self.text
        return blocks or self.text

    def button(self, action_id: str) -> Json:
        """Return the element with this action id.

        Raises:
            LookupError: the message carries no such element.
        """
        for block in self.blocks:
            for element in elements_of(block):
                if element.get("action_id") == action_id:
                    return element
        raise LookupError(action_id)

    @property
    def action_ids(self) -> list[str]:
        """The action ids of everything one can press or choose in this message, top to bottom."""
        found = (element.get("action_id") for block in self.blocks for element in elements_of(block))
        return [str(action_id) for action_id in found if action_id]


@dataclass(frozen=True, slots=True)
class Status:
    """The line "<bot> …" under a conversation. `session` is the agent session's state, "" where there is none."""

    text: str = ""
    loading_messages: tuple[str, ...] = ()
    session: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the server saw it: `error` is "" when it was carried out and answered with ok."""

    method: str
    arguments: Json
    at: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """A request that breaks a rule of the platform: `rule` is what it was answered, or what nobody would answer."""

    method: str
    rule: str
    detail: str


def elements_of(block: Json) -> list[Json]:
    """Return a block's interactive elements: of actions and context actions, a section's accessory, an input's own."""
    single = [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    return [*single, *[one for one in block.get("elements", []) if isinstance(one, dict)]]


def texts_of(block: Json) -> list[str]:
    """Return what a block says, without the labels of its buttons, in reading order."""
    kind = block.get("type")
    if kind == "markdown":
        return [str(block.get("text", ""))]
    found = [block.get("text"), *block.get("fields", [])]
    if kind == "context":
        found += block.get("elements", [])
    return [str(one["text"]) for one in found if isinstance(one, dict) and isinstance(one.get("text"), str)]


class Mint:
    """Makes ids and timestamps that look like Slack's, unique and, for timestamps, increasing."""

    def __init__(self, clock: LabClock, seed: int = 7) -> None:
        self._clock = clock
        self._random = random.Random(seed)
        self._last_ts_us = 0
        self._numbers = itertools.count(1)

    def id(self, prefix: str) -> str:
        """Return a new id: the prefix and ten characters, like C0123456789."""
        return prefix + "0" + "".join(self._random.choices(ALPHABET, k=9))

    def ts(self) -> str:
        """Return a new message timestamp, later than all before it."""
        self._last_ts_us = max(int(self._clock.now() * 1e6), self._last_ts_us + 100)
        return f"{self._last_ts_us // 1_000_000}.{self._last_ts_us % 1_000_000:06d}"

    def trigger_id(self) -> str:
        """Return a new trigger id."""
        return f"{next(self._numbers)}.{self._random.randrange(10**9)}.{self._random.randbytes(16).hex()}"

    def uuid(self) -> str:
        """Return a new id of the form of a UUID, as envelopes and client messages carry."""
        text = self._random.randbytes(16).hex()
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Workspace:
    """The state itself. It changes only through the methods of the Web API and through what people do."""

    def __init__(self, clock: LabClock) -> None:
        self.clock = clock
        self.mint = Mint(clock)
        self.team_id = self.mint.id("T")
        self.app_id = self.mint.id("A")
        self.bot_id = self.mint.id("B")
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Message] = []
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.bot = self.add_user("lyceum", is_bot=True)

    def add_user(self, name: str, *, locale: str = "en-US", admin: bool = False, is_bot: bool = False) -> User:
        """Add an account to the workspace."""
        user = User(self.mint.id("U"), name, self.team_id, locale, is_admin=admin, is_bot=is_bot)
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, members: set[str], *, is_im: bool = False, private: bool = False) -> Channel:
        """Add a channel with these members (user ids)."""
        channel = Channel(self.mint.id("D" if is_im else "C"), name, members, is_im=is_im, is_private=private)
        self.channels[channel.id] = channel
        return channel

    def dm(self, user_id: str) -> Channel:
        """Return the DM of this person with the bot, opened when it was not yet."""
        for channel in self.channels.values():
            if channel.is_im and user_id in channel.members:
                return channel
        return self.add_channel("", {user_id, self.bot.id}, is_im=True)

    def find(self, channel_id: str, ts: str) -> Message | None:
        """Return the message, None when there is none or it was deleted; ephemeral ones cannot be found."""
        for message in reversed(self.messages):
            if (message.channel, message.ts) == (channel_id, ts):
                return None if message.deleted or message.visible_to else message
        return None

    def change(self, message: Message, what: str) -> None:
        """Note a step of the message's life, as it reads now."""
        message.history.append(Change(what, self.clock.now(), message.shown))
