"""What the workspace holds: people, channels, messages, and the record of what was asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.lab.slack.bell import Bell
from tests.lab.slack.blocks import Json, elements_of, find_element, texts_of
from tests.lab.slack.clock import LabClock
from tests.lab.slack.mint import Mint

# Those of the manifest, written out: what an app has is not what the code asks for.
SCOPES = (
    *("app_mentions:read", "assistant:write", "channels:history", "chat:write", "commands", "files:read"),
    *("files:write", "groups:history", "im:history", "users:read"),
)
__all__ = ["Call", "Change", "Channel", "Json", "Message", "Status", "User", "Violation", "Workspace"]

STREAM_LIFETIME_S = 306  # measured by others from the start of the stream; appending does not prolong it
STATUS_LIFETIME_S = 120


@dataclass(slots=True)
class User:
    """A person, or the bot's own account. `team_id` is their own workspace, of another organisation for a stranger.

    `guest` is "" for a full member, "multi" for a guest of several channels, "single" for one of a single channel.
    """

    id: str
    name: str
    team_id: str
    locale: str = "en-US"
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    deleted: bool = False
    guest: str = ""


@dataclass(slots=True)
class Channel:
    """A channel or a DM with the bot. `members` are user ids.

    `connected_team` is the other organisation's workspace, where the channel is shared by Slack Connect. `refuses` is
    the code with which the bot is kept from writing there, such as "restricted_action" where only some may post: posts,
    updates and streams; where `refuses_ephemeral`, also what one person alone would see.
    """

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_im: bool = False
    is_private: bool = False
    is_archived: bool = False
    connected_team: str = ""
    refuses: str = ""
    refuses_ephemeral: bool = False

    @property
    def kind(self) -> str:
        """The channel type as events carry it."""
        return "im" if self.is_im else "group" if self.is_private else "channel"


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a message's life.

    `what` is "post", "append", "stop", "update", "expire" or "delete"; `text` what people read after it.
    """

    what: str
    at: float
    text: str


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as the people in the channel see it now. `history` is how it came about, oldest first.

    `pings` are the user ids notified by it, and "channel", "here", "everyone" or a user group's id. `markdown` says
    that the text was given as standard Markdown. `visible_to` is set on an ephemeral message.
    """

    channel: str
    ts: str
    author: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    markdown: bool = False
    is_stream: bool = False
    streaming: bool = False
    stream_started_at: float = 0.0
    stopped_by_user: bool = False
    visible_to: str | None = None
    broadcast: bool = False
    deleted: bool = False
    client_msg_id: str | None = None
    edited_ts: str | None = None
    files: list[str] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    pings: set[str] = field(default_factory=set)
    reactions: dict[str, set[str]] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)

    @property
    def edited(self) -> bool:
        """Whether it carries the mark "edited"."""
        return self.edited_ts is not None

    @property
    def shown(self) -> str:
        """What people read: the blocks where they say something, else the text; a stream's text and then its blocks."""
        said = "\n".join(part for block in self.blocks for part in texts_of(block))
        if self.is_stream:
            return f"{self.text}\n{said}" if said else self.text
        return said or self.text

    @property
    def action_ids(self) -> list[str]:
        """The action ids of everything one can press or choose in this message, top to bottom."""
        found = (element.get("action_id") for block in self.blocks for element in elements_of(block))
        return [str(action_id) for action_id in found if action_id]

    def button(self, action_id: str) -> Json:
        """Return the element with this action id. Raises: LookupError."""
        return find_element(self.blocks, action_id)[1]


@dataclass(frozen=True, slots=True)
class Status:
    """The line "<bot> …" under a conversation. `session` is the agent session's state, "" where there is none."""

    text: str = ""
    loading_messages: tuple[str, ...] = ()
    session: str = ""
    set_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the server saw it: `error` is "" when it was carried out and answered with ok."""

    method: str
    arguments: Json
    at: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """A request against the platform's rules: `rule` is what it was answered, or names what nobody would answer."""

    method: str
    rule: str
    detail: str = ""


class Workspace:
    """The state itself. It changes only through the methods of the Web API and through what people do."""

    def __init__(self, clock: LabClock) -> None:
        self.clock = clock
        self.mint = Mint(clock)
        self.bell = Bell()
        self.url = ""  # of the running server, ending with a slash
        self.team_id = self.mint.id("T")
        self.enterprise_id = ""  # of the organisation the app is installed for as a whole, "" for the workspace alone
        self.app_id = self.mint.id("A")
        # What the app was granted, as the header of every answer to its bot token tells.
        self.scopes = list(SCOPES)
        self.socket_mode = True
        self.bot_id = self.mint.id("B")
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Message] = []
        self.statuses: dict[tuple[str, str], Status] = {}
        self.status_log: list[tuple[tuple[str, str], Status]] = []
        self.prompts: dict[tuple[str, str], list[Json]] = {}
        self.file_objects: dict[str, Json] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        # Texts with one of these words are refused with the code: what an administrator's own rules block.
        self.moderated: dict[str, str] = {}
        # Whether `markdown_text` and blocks of Markdown are known, which Slack has had since 2025.
        self.knows_markdown = True
        self.knows_tables = True
        self.bot = self.add_user("lyceum", is_bot=True)

    def is_told_by_refusals(self, error: str) -> bool:
        """Whether the app learns of a state of the workspace by this refusal alone, and so breaks no rule by it."""
        states = {*self.moderated.values(), *(channel.refuses for channel in self.channels.values())}
        return error in states or not self.knows_markdown or (error == "invalid_blocks" and not self.knows_tables)

    def add_user(
        self,
        name: str,
        *,
        locale: str = "en-US",
        admin: bool = False,
        is_bot: bool = False,
        guest: str = "",
        team_id: str = "",
    ) -> User:
        """Add an account: to the workspace, or to another one, whose people meet it in shared channels."""
        user = User(self.mint.id("U"), name, team_id or self.team_id, locale, admin, is_bot=is_bot, guest=guest)
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

    def standing(self, channel_id: str) -> list[Message]:
        """Return the channel's messages that everyone in it sees, in threads too; oldest first."""
        self.expire_streams()
        return [
            message
            for message in self.messages
            if message.channel == channel_id and not message.deleted and not message.visible_to
        ]

    def status(self, channel_id: str, thread_ts: str) -> Status:
        """Return what shows now: a line is gone after two minutes, the session's state stays."""
        status = self.statuses.get((channel_id, thread_ts), Status())
        if status.text and self.clock.now() - status.set_at > STATUS_LIFETIME_S:
            return Status(session=status.session, set_at=status.set_at)
        return status

    def add(self, message: Message, what: str = "post") -> None:
        """Put a message on the wall."""
        self.messages.append(message)
        self.note(message, what)

    def note(self, message: Message, what: str) -> None:
        """Write down a step of the message's life, as it reads now, and wake who waits."""
        message.history.append(Change(what, self.clock.now(), message.shown))
        self.bell.ring()

    def expire_streams(self) -> None:
        """Close the streams that are too old."""
        for message in self.messages:
            if message.streaming and self.clock.now() - message.stream_started_at > STREAM_LIFETIME_S:
                message.streaming = False
                self.note(message, "expire")
