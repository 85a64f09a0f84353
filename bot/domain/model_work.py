"""Model work: what one completion took of its host, in tokens and seconds, without a word of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.conversation import ChatMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose question a completion is made for, and where: `channel` is "" in a direct message, which is nobody else's.

    `person_id` is "" and `turn_id` 0 where a completion is nobody's, such as a summary.
    """

    platform: str = ""
    workspace: str = ""
    channel: str = ""
    person_id: str = ""
    turn_id: int = 0

    @property
    def of_nobody(self) -> Account:
        """The same place, for what nobody asked."""
        return replace(self, person_id="", turn_id=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWork:
    """One completion, or the beginning of one.

    `worked_s` is how long the host was at it, until `ended_at`: loading, reading, writing. `is_measured`: its host
    tells no times, so it is how long it was waited for here. `is_counted`: the host told all its tokens. `host` is ""
    where it is not known, `digest` where the host names none. `is_remote`: the host had a machine elsewhere do it.
    """

    ended_at: datetime
    worked_s: float
    model: str
    digest: str = ""
    host: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    is_counted: bool = True
    is_measured: bool = False
    is_remote: bool = False
    account: Account = field(default_factory=Account)

    @property
    def began_at(self) -> datetime:
        """When the host began with it."""
        return self.ended_at - timedelta(seconds=self.worked_s)

    @property
    def tokens(self) -> int:
        """How many tokens were read and written."""
        return self.prompt_tokens + self.answer_tokens


def account_of(message: ChatMessage, turn_id: int) -> Account:
    """Return whose account a message's turn is on."""
    where = message.address
    return Account(
        platform=where.platform,
        workspace=where.workspace,
        channel="" if message.direct else where.channel,
        person_id=message.person.id,
        turn_id=turn_id,
    )
