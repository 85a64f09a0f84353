"""Conversations: where they are held, who speaks, what is said, and the turn each message is owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.attachments import Picture, Recording, TextFile
from bot.domain.model_jobs import ModelJob
from bot.domain.quotes import QuotedMessage


@dataclass(frozen=True, slots=True)
class Address:
    """Where a conversation is held; also the scope key no history leaves.

    Ids are the platform's own. `workspace` is "" outside one (a Discord DM); `thread` is "" when the channel or the
    DM itself is the conversation. What one person asks the bot in a channel for their own eyes is a conversation of its
    own: its `thread` is `private_thread` of that person.
    """

    platform: str
    workspace: str
    channel: str
    thread: str = ""

    @property
    def is_private(self) -> bool:
        """Whether one person alone reads this conversation, in a channel of many."""
        return self.thread.startswith(_PRIVATE)

    @property
    def is_brought(self) -> bool:
        """Whether the person brought the bot along to where it is not: only they speak with it there."""
        return self.thread.startswith(_BROUGHT)

    @property
    def is_outside(self) -> bool:
        """Whether this is the bot's own conversation with one person, outside of any workspace."""
        return not self.workspace and not self.is_brought

    @property
    def public(self) -> Address:
        """The conversation others read: the channel's around a private one, any other itself."""
        return replace(self, thread="") if self.is_private else self


_PRIVATE = "private:"
_BROUGHT = "installed:"


def private_thread(person_id: str) -> str:
    """Return the `Address.thread` of what a person asks in a channel for their own eyes."""
    return f"{_PRIVATE}{person_id}"


def brought_thread(person_id: str) -> str:
    """Return the `Address.thread` of what a person asks where the bot is only because they brought it along."""
    return f"{_BROUGHT}{person_id}"


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks. `is_admin` is the platform's own role in this workspace; `locale` is a BCP 47 tag."""

    id: str
    name: str
    is_admin: bool = False
    locale: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """A message meant for the bot, its mention already taken out of `text`.

    `event_id` is the platform's id of the delivery and the idempotency key; `message_id` the platform's id of the
    message. `direct` means that only the person and the bot read this conversation. `reply_to` is the platform's id of
    what the answer is put under where that is neither the message nor the address's thread; "" elsewhere.

    `quotes` are the messages the person replies to, forwards or asks about, where they are not the bot's own answers
    here, `files` the text files that came along: both become part of the text that is stored. `pictures` are shown to
    the model while the turn is open, and stored nowhere; `recordings` neither, until they are written down: then their
    words become part of the text. `unseen` are the files that nobody has read, as `UnseenFile` writes them. `hint` is
    the key of the sentence that answers a message without words.

    `lessons_only`: the answer comes from the lessons or not at all; `lesson` is the one lesson to look in as the person
    named it, "" for all, and `answer_language` the language they want, "" for the question's own. `compares` names the
    models that all answer it, to be compared; empty where one does. `job` is what is to be done to a host's models: no
    model answers then.
    """

    event_id: str
    message_id: str
    address: Address
    person: Person
    text: str
    direct: bool = False
    reply_to: str = ""
    quotes: tuple[QuotedMessage, ...] = ()
    lessons_only: bool = False
    lesson: str = ""
    answer_language: str = ""
    files: tuple[TextFile, ...] = ()
    pictures: tuple[Picture, ...] = ()
    recordings: tuple[Recording, ...] = ()
    unseen: tuple[str, ...] = ()
    hint: str = ""
    compares: tuple[str, ...] = ()
    job: ModelJob | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall:
    """A command as it was called: `command` a name of the command table ("model use"), `arguments` by option name.

    `message_id` is the platform's id of the message that says it, or shows it to the others; "" where nothing does.
    `direct`, `reply_to`, `quotes`, `files`, `pictures`, `recordings` and `unseen` are those of the message a question
    becomes, see `ChatMessage`.
    """

    event_id: str
    address: Address
    person: Person
    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    direct: bool = False
    message_id: str = ""
    reply_to: str = ""
    quotes: tuple[QuotedMessage, ...] = ()
    files: tuple[TextFile, ...] = ()
    pictures: tuple[Picture, ...] = ()
    recordings: tuple[Recording, ...] = ()
    unseen: tuple[str, ...] = ()


Incoming = ChatMessage | CommandCall


BEGUN = ""
"""In the place of a message's id: it is being posted at this moment, and the platform keeps no key for it yet."""

LOST = "?"
"""In the place of a message's id: whoever was posting it does not know whether it stands, or has ended."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message of an answer as the platform has it: its idempotency key, and its id there, or `BEGUN` or `LOST`."""

    key: str
    message_id: str

    @property
    def is_known(self) -> bool:
        """Whether it is known to stand, and where."""
        return self.message_id not in (BEGUN, LOST)

    @property
    def opens(self) -> bool:
        """Whether the answer has its place with it: one that tells a place in line is taken away again."""
        return self.is_known and not self.key.endswith(f":{IN_LINE}")


IN_LINE = "in line"
"""Ends the key of a message that tells a place in line."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One accepted message and the answer it is owed.

    `attempt` counts how often the turn was taken over from a process that ended before it; `posts` is what of an
    answer that process is known to have posted, in the order of posting, `unknown` what perhaps stands beside them.

    A turn that a button made answers the question of an earlier one, `about`, anew, or, with `continues`, goes on with
    its answer; its message is that question, with the asker and the ids it came with. 0: it has a question of its own.
    """

    id: int
    conversation_id: int
    message: ChatMessage
    attempt: int = 0
    posts: tuple[Post, ...] = ()
    unknown: tuple[Post, ...] = ()
    about: int = 0
    continues: bool = False

    @property
    def question_turn(self) -> int:
        """The id of the turn the question came with: what was said before that one is read."""
        return self.about or self.id


class TurnState(StrEnum):
    """Where a turn stands. The last three are final."""

    ACCEPTED = "accepted"
    RUNNING = "running"
    ANSWERED = "answered"
    STOPPED = "stopped"
    FAILED = "failed"


class Role(StrEnum):
    """Who wrote a message of a prompt."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message of a conversation's history. `speaker` is the display name, "" for the bot's own.

    `turn` is the id of the turn it belongs to, 0 where nobody says. `is_cited`: numbers in it name its sources.
    """

    id: int
    role: Role
    text: str
    speaker: str = ""
    turn: int = field(default=0, compare=False)
    is_cited: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class QueueState:
    """How one worker's open turns stand.

    `owned` are all of them, `stopped` those somebody asked to stop, `positions` the places (from 1) of those that wait,
    `waiting` how many wait in all, of every worker; `line` who they are, each turn with its person, first come first,
    and `models` which model each of them waits for, where that is known.

    `ahead` are, by turn, the earlier open turns of its conversation whose answers have no place yet; `followed` those
    turns without a place that another worker's later one stands behind.
    """

    owned: frozenset[int]
    stopped: frozenset[int]
    positions: Mapping[int, int]
    waiting: int
    line: Sequence[tuple[int, str]] = field(default=(), compare=False)
    models: Mapping[int, str] = field(default_factory=dict, compare=False)
    ahead: Mapping[int, frozenset[int]] = field(default_factory=dict, compare=False)
    followed: frozenset[int] = field(default=frozenset(), compare=False)
