"""Stopping: whose turns a person may end, and how one is ended wherever it runs."""

from __future__ import annotations

from bot.domain import Address, Notice, Person
from bot.engine.access import Right
from bot.engine.authority import Authority
from bot.engine.running_turns import RunningTurns
from bot.errors import UserError
from bot.ports import Turns


class Stopping:
    """Ends open turns for people who may."""

    def __init__(self, *, turns: Turns, at_work: RunningTurns, authority: Authority) -> None:
        self._turns = turns
        self._at_work = at_work
        self._authority = authority

    async def stop(self, turn_id: int, *, person: Person, address: Address) -> Notice:
        """End an open turn for a person who may, in whatever process it runs; what was written is kept.

        The notice is for that person alone.

        Raises:
            UserError: they may not, or the turn is over.
            Unavailable: it is another's, and the platform cannot be asked whether the person is an admin.
        """
        turn = self._at_work.at_work(turn_id) or await self._turns.find(turn_id)
        if turn is None or not _same_place(turn.message.address, address):
            raise UserError("error.nothing_to_stop")
        await self._authority.check(Right.STOP, person=person, address=address, asker_id=turn.message.person.id)
        if self._at_work.at_work(turn_id):
            self._at_work.stop(turn_id)
        else:
            await self._turns.stop(turn_id)
        return Notice("stop.done")

    async def stop_here(self, *, person: Person, address: Address) -> Notice:
        """End the person's oldest open turn of this conversation, or, said in a channel, of its threads.

        An admin without one ends what runs here.

        Raises:
            UserError: there is none.
        """
        here = await self._turns.open_at(address)
        mine = [turn for turn in here if turn.message.person.id == person.id]
        in_threads = [] if mine or address.thread else await self._turns.open_of(person.id, address)
        # What is done to a host's models is ended by its own button, or when nothing else is left to end.
        candidates = sorted(mine or in_threads or here, key=lambda turn: turn.message.job is not None)
        if not candidates:
            raise UserError("error.nothing_to_stop")
        return await self.stop(candidates[0].id, person=person, address=address)


def _same_place(one: Address, other: Address) -> bool:
    """Whether a person id means the same person in both."""
    return (one.platform, one.workspace) == (other.platform, other.workspace)
