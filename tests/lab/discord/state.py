"""The world of the loopback Discord: users, guilds, channels and messages as the server keeps them.

Knows nothing of sockets. Whatever changes is told to a `Feed`, the gateway; `world.World` holds it all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tests.lab.discord import permissions

if TYPE_CHECKING:
    from tests.lab.discord.world import World

Json = dict[str, Any]

TEXT, DM, GROUP, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 3, 11, 12
THREAD_STARTER = 21
EPHEMERAL, LOADING, HAS_THREAD, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 5, 1 << 15
SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, VOICE_MESSAGE = 1 << 2, 1 << 12, 1 << 13


class Feed(Protocol):
    """Whoever wants to hear what happens in the world."""

    def tell(self, event: str, thing: Any) -> None:
        """Take note of an event, by Discord's dispatch name."""
        ...


@dataclass(eq=False)
class User:
    """A person or a bot. `locale` is their client's language; `accepts_dms` whether a bot may write to them."""

    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False
    accepts_dms: bool = True

    @property
    def mention(self) -> str:
        """What is written to mention the user."""
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    """A role of a guild and the permission bits it gives."""

    id: int
    name: str
    permissions: int


@dataclass(eq=False)
class Member:
    """A user in a guild."""

    user: User
    guild: Guild
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None


@dataclass(eq=False)
class Attachment:
    """A file of a message, as it was uploaded."""

    id: int
    filename: str
    content: bytes
    content_type: str = "application/octet-stream"
    description: str = ""
    seconds: float = 0.0  # of a voice message


@dataclass(eq=False)
class Message:
    """A message as the server keeps it, and so as people see it now.

    `pinged` are the ids of the users whose client really rang; `history` every text it ever had with the server's
    time; `seen_only_by` is the one person an ephemeral message is shown to.
    """

    id: int
    channel: Channel
    author: User
    created_at: float
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    type: int = 0
    reply_to: Message | None = None
    nonce: str | int | None = None
    mentions: list[User] = field(default_factory=list)
    pinged: set[int] = field(default_factory=set)
    pinged_everyone: bool = False
    seen_only_by: User | None = None
    edited_at: float | None = None
    deleted: bool = False
    thread: Channel | None = None
    reactions: dict[str, list[User]] = field(default_factory=dict)
    interaction: Json | None = None
    history: list[tuple[float, str]] = field(default_factory=list)
    forwards: Message | None = None
    stickers: list[str] = field(default_factory=list)
    poll: Json | None = None

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        """Whether people see "thinking ..." in its place."""
        return bool(self.flags & LOADING)

    @property
    def text(self) -> str:
        """All the text people read: the content, or the text displays of a components-v2 message."""
        shown = [part["content"] for part in walk(self.components) if part.get("type") == 10]
        return "\n".join([*([self.content] if self.content else []), *shown])

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons that can be pressed, in order."""
        parts = walk(self.components)
        return [part.get("label", "") for part in parts if part.get("type") == 2 and not part.get("disabled")]

    @property
    def custom_ids(self) -> list[str]:
        """What the buttons that can be pressed carry, in order."""
        parts = walk(self.components)
        return [part["custom_id"] for part in parts if part.get("custom_id") and not part.get("disabled")]


@dataclass(eq=False)
class Channel:
    """A text channel, a DM, a group DM or a thread; its messages by id, oldest first."""

    id: int
    type: int
    world: World
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    recipient: User | None = None
    group: list[User] = field(default_factory=list)
    owner: User | None = None
    archived: bool = False
    locked: bool = False
    auto_archive_minutes: int = 1440
    messages: dict[int, Message] = field(default_factory=dict)
    denied: int = 0
    typed_at: list[float] = field(default_factory=list)
    # The status and the code with which everything the bot would write here is refused.
    refuses: tuple[int, int] | None = None

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread of another channel."""
        return self.type in (PUBLIC_THREAD, PRIVATE_THREAD)

    @property
    def has_bot(self) -> bool:
        """Whether the bot is in it: never in a group DM, nor in a guild that only its members installed it in."""
        return self.guild.has_bot if self.guild else self.type == DM

    @property
    def mention(self) -> str:
        """What is written to link the channel."""
        return f"<#{self.id}>"

    def deny(self, *names: str) -> None:
        """Take permissions from the bot in this channel, by discord.py's names (`"send_messages"`)."""
        self.denied |= permissions.bits(*names)
        self.world.feed.tell("CHANNEL_UPDATE", self)

    def allow(self, *names: str) -> None:
        """Give permissions taken by `deny` back."""
        self.denied &= ~permissions.bits(*names)
        self.world.feed.tell("CHANNEL_UPDATE", self)

    def start_thread(self, name: str, *, message: Message | None = None, owner: User | None = None) -> Channel:
        """Start a public thread, on a message or without one; whoever owns it, the guild's owner by default."""
        assert self.guild is not None
        return self.world.start_thread(self, name, message=message, owner=owner or self.guild.owner)


@dataclass(eq=False)
class Guild:
    """A server of people. `locale` is its preferred language.

    `external_apps` is whether members may let apps of their own speak to all: where not, those answers are ephemeral.
    """

    id: int
    name: str
    world: World
    owner: User
    locale: str = "en-US"
    roles: list[Role] = field(default_factory=list)
    members: dict[int, Member] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    max_active_threads: int = 1000
    external_apps: bool = True

    @property
    def has_bot(self) -> bool:
        """Whether the bot is a member."""
        return self.world.bot.id in self.members

    def add_channel(self, name: str) -> Channel:
        """Make a text channel in which everybody, and the bot, may read and write."""
        channel = Channel(self.world.new_id(), TEXT, self.world, name, self)
        self.channels.append(channel)
        self.world.channels[channel.id] = channel
        self.world.feed.tell("CHANNEL_CREATE", channel)
        return channel

    def add_member(
        self, user: User, *, admin: bool = False, permissions_of_role: Iterable[str] = (), nick: str | None = None
    ) -> Member:
        """Let a user in. `admin` gives the administrator's role; `permissions_of_role` a role of their own."""
        member = Member(user, self, nick=nick)
        names = ("administrator",) if admin else tuple(permissions_of_role)
        if names:
            member.roles.append(self.add_role(f"role of {user.name}", *names))
        self.members[user.id] = member
        self.world.feed.tell("GUILD_MEMBER_ADD", member)
        return member

    def add_role(self, name: str, *names: str) -> Role:
        """Make a role that gives these permissions."""
        role = Role(self.world.new_id(), name, permissions.bits(*names))
        self.roles.append(role)
        self.world.feed.tell("GUILD_ROLE_CREATE", (self, role))
        return role

    @property
    def threads(self) -> list[Channel]:
        """The threads of the guild, archived ones too."""
        return [channel for channel in self.channels if channel.is_thread]


def walk(components: list[Json]) -> Iterator[Json]:
    """Yield components and all they contain, top down."""
    for part in components:
        yield part
        yield from walk(part.get("components") or [])
        yield from (part[key] for key in ("accessory", "component") if part.get(key))
