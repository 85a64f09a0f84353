"""What the engine asks of the store of turns: accepted once, claimed in order, closed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain import (
    Address,
    ChatMessage,
    Claimed,
    CommandCall,
    HostRoom,
    ModelJob,
    ModelWish,
    Post,
    QueueState,
    QuotedMessage,
    StoredAnswer,
    Turn,
)

LEASE_S = 10.0
"""How long a worker that renews nothing is waited for."""


class Turns(Protocol):
    """The turns, as rows that all processes of the bot share: accepted once, claimed in order, closed once.

    A worker is one process. It owns the turns it accepted, or took over, while it renews its lease on them. A turn is
    an orphan once it is released, and for a process that has seen its lease stand still for `LEASE_S` of that process's
    own steady time, however clocks are turned meanwhile; `claim`, `look` and `adopt` see, and one that comes back after
    longer than `LEASE_S` begins anew. A worker is never gone to itself. All methods raise `Unavailable` when the store
    does.
    """

    async def accept(self, message: ChatMessage, *, worker: str) -> Turn | None:
        """Store event, message and turn in one transaction, owned by the worker; None when event or message is known.

        However many copies arrive at once, one of them gets the turn.
        """
        ...

    async def accept_call(self, call: CommandCall) -> bool:
        """Remember the call's event; False when it is known already."""
        ...

    async def accept_press(
        self, call: CommandCall, *, turn_id: int, continues: bool, worker: str, model: str = ""
    ) -> Turn | None:
        """Store the call's event and a turn that answers the question of turn `turn_id` again, as `accept` does.

        None when the event is known. `finish` stores what such a turn answers in place of the answer before, or, with
        `continues`, at its end; without words that one stays. The turn reads what was said before the question.
        `model` names who answers, "" for whoever is chosen there.

        Raises:
            UserError: the question is gone or being answered, or there are no newest words of that turn to go on from.
        """
        ...

    async def claim(
        self,
        worker: str,
        *,
        parallel: int,
        rooms: Sequence[HostRoom] = (),
        wanted: Mapping[int, ModelWish] | None = None,
    ) -> Mapping[int, Claimed]:
        """Mark those of the worker's accepted turns as running that may run now, and return them, first come first.

        At most `parallel` turns run at once over all workers, and of each host in `rooms` as many as it has slots; see
        `bot.domain.lanes` for who goes where. `wanted` are the models of the worker's turns as far as they are chosen,
        None where nobody chooses; one that is not in it is no candidate.

        Candidates are the accepted turns that are the oldest open ones of their person in their conversation, of a
        direct message's conversation the oldest; among them the person with the fewest running turns comes first, then
        the lower id. Each claim counts for the next. A turn runs only where it is among as many candidates as there are
        free places, so that no worker overtakes another. An orphan is nobody's candidate and takes no place, but what
        its person asked after it in its conversation waits until it is adopted and answered.

        A turn with a `ModelJob` runs at once: it takes no place, and holds nobody up.
        """
        ...

    async def look(self, worker: str) -> QueueState:
        """Return how the worker's open turns stand. Reads only."""
        ...

    async def renew(self, worker: str) -> None:
        """Renew the lease on all open turns of the worker, as `accept` and `adopt` do for one."""
        ...

    async def release(self, turn_id: int, *, worker: str) -> None:
        """Give an open turn back unanswered: accepted again, an orphan at once. Nothing where another owns it."""
        ...

    async def adopt(self, worker: str, *, platform: str) -> Sequence[Turn]:
        """Take over the platform's orphans, oldest first: accepted, owned by the worker, `attempt` one higher.

        Each orphan is adopted by one worker only. The returned messages hold all that a reply needs.
        """
        ...

    async def find(self, turn_id: int) -> Turn | None:
        """Return an open turn; None when it is closed or unknown."""
        ...

    async def open_at(self, address: Address) -> Sequence[Turn]:
        """Return the open turns of a conversation, oldest first."""
        ...

    async def open_of(self, person_id: str, address: Address) -> Sequence[Turn]:
        """Return the person's open turns in the address's channel, its threads included, oldest first."""
        ...

    async def open_jobs(self) -> Sequence[Turn]:
        """Return the open turns that carry out a `ModelJob`, of all platforms, oldest first."""
        ...

    async def note_job(self, turn_id: int, job: ModelJob) -> None:
        """Write an open turn's job anew, for whoever takes the turn over."""
        ...

    async def running_with(self, model: str) -> int:
        """Return how many turns a model answers at this moment, in all processes."""
        ...

    async def write_down(
        self, turn_id: int, *, worker: str, note: str, words: str, quotes: Sequence[QuotedMessage] = ()
    ) -> str | None:
        """Put words in the place of a note in the question of an open turn; return the whole text then.

        `quotes` go behind those that stand in front of it, and stay their authors' words; their text is written as it
        stands. Those of whoever is not, or not any more, among the authors of the question's quotes are left out. None,
        and nothing is changed, where the question is withdrawn, or another worker owns the turn by now.
        """
        ...

    async def stop(self, turn_id: int) -> None:
        """Ask whoever owns the open turn to stop it."""
        ...

    async def note_post(self, turn_id: int, post: Post) -> None:
        """Remember a message of the turn's answer; the same key again replaces its message id.

        One that is not known to stand, `BEGUN` or `LOST`, is among the turn's `unknown`, and no place is taken with it.
        """
        ...

    async def leave_lane(self, turn_id: int, *, worker: str) -> None:
        """Note that the model is done with a running turn: it takes no place any more, though it is not closed.

        Of such turns at most as many take none as may run at once. Nothing changes where another worker owns it.
        """
        ...

    async def finish(self, turn_id: int, answer: StoredAnswer, *, worker: str) -> bool:
        """Store the answer and close the turn, in one transaction; empty text stores no message.

        The conversation counts as read by the answer's host from now on, where it names one.
        False, and nothing is changed, when the turn is closed or another worker owns it by now. A question that was
        withdrawn gets no answer stored.
        """
        ...

    async def changed(self, *, timeout_s: float) -> None:
        """Return when an open turn may have changed, in any process, or after `timeout_s` at the latest."""
        ...
