"""Who we are in a workspace, and where a reply goes: both told by what is stored, not by the event that began it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import ChatMessage


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is where its token belongs to.

    `organisation` is its id where the app is installed for all of an organisation, else ""; `workspace` is "" there.
    """

    workspace: str
    bot_user: str
    bot_id: str
    organisation: str = ""
    name: str = "bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reply goes: the channel, the thread in it, and the person (with their workspace) it answers.

    `thread` is "" for the channel itself; `asked` is the ts of what it answers: all messages of the reply are newer.
    """

    channel: str
    thread: str
    asked: str
    user: str
    workspace: str

    @property
    def where(self) -> tuple[str, str]:
        """The channel and the thread, whoever is answered there."""
        return self.channel, self.thread


@dataclass(frozen=True, slots=True)
class EphemeralPlace:
    """Where one person alone reads: in a channel, perhaps in a thread of it; `url` is a response_url or ""."""

    channel: str
    user: str
    thread: str = ""
    url: str = ""


def place_of(message: ChatMessage, *, team: str = "") -> Place:
    """Return where the answer to a stored message goes; `team` is its author's own workspace, if it is another one."""
    where = message.address
    return Place(
        channel=where.channel,
        thread=message.reply_to or where.thread or message.message_id,
        asked=message.message_id,
        user=message.person.id,
        workspace=team or where.workspace,
    )


def corner_of(message: ChatMessage, *, url: str = "") -> EphemeralPlace:
    """Return where the answer to a stored message goes that its asker alone is to read."""
    return EphemeralPlace(message.address.channel, message.person.id, message.reply_to, url)
