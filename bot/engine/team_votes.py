"""What a team's votes say of models: their leaderboard, and how fast they wrote what was compared."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain import Address, ModelCard, Person
from bot.ports import Comparisons, PairVote

if TYPE_CHECKING:
    from bot.engine.leaderboard import Leaderboard, Standing

DIGEST_CHARS = 6
# So many teams' leaderboards are kept until their votes change.
MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A leaderboard, of how many votes of how many people it is, and the tokens a second of its models.

    `names` tells what a model is called there, by its name and digest.
    """

    board: Leaderboard
    votes: int
    people: int
    speeds: Mapping[str, float]
    names: Mapping[tuple[str, str], str]

    def standing(self, card: ModelCard) -> Standing | None:
        """Return where an installed model stands; None where nobody voted on it as it is now."""
        called = self.names.get((card.name, card.digest))
        return next((each for each in self.board.standings if each.model == called), None)


class TeamVotes:
    """Reckons leaderboards: many votes take a processor for seconds, so one after the other and beside all else.

    `comparisons` is where they are kept, None where nobody compares.
    """

    def __init__(self, comparisons: Comparisons | None) -> None:
        self.comparisons = comparisons
        self._reckoning = asyncio.Lock()
        # By team: what the votes were, as a number, and what they say. Nobody's votes are kept here.
        self._boards: dict[tuple[str, str, str], tuple[int, Leaderboard]] = {}

    async def verdicts(self, address: Address, person: Person) -> Verdicts | None:
        """Return what the votes of a workspace say; outside of workspaces everybody speaks for themselves.

        None where nobody has voted. Raises `Unavailable` when the store does.
        """
        votes = await self._votes(address, person)
        if not votes:
            return None
        names = names_of(votes)
        place = (address.platform, address.workspace, "" if address.workspace else person.id)
        board = await self._board(place, votes, names)
        assert self.comparisons
        speeds = await self.comparisons.speeds()
        known = {name: speeds[key] for key, name in names.items() if key in speeds}
        return Verdicts(board, len(votes), len({vote.person_id for vote in votes}), known, names)

    async def _votes(self, address: Address, person: Person) -> Sequence[PairVote]:
        if self.comparisons is None:
            return ()
        votes = await self.comparisons.votes(address.platform, address.workspace)
        return votes if address.workspace else [vote for vote in votes if vote.person_id == person.id]

    async def _board(
        self, place: tuple[str, str, str], votes: Sequence[PairVote], names: Mapping[tuple[str, str], str]
    ) -> Leaderboard:
        # numpy is loaded where somebody asks.
        from bot.engine.leaderboard import leaderboard_of
        from bot.engine.strengths import Vote

        told = tuple(
            Vote(
                vote.person_id,
                names[vote.first, vote.first_digest],
                names[vote.second, vote.second_digest],
                vote.outcome,
                vote.first_chars,
                vote.second_chars,
            )
            for vote in votes
        )
        known, board = self._boards.get(place, (0, None))
        if board is None or known != hash(told):
            async with self._reckoning:
                board = await asyncio.to_thread(leaderboard_of, told)
            self._boards[place] = (hash(told), board)
            while len(self._boards) > MOST_KEPT:
                del self._boards[next(iter(self._boards))]
        return board


def names_of(votes: Sequence[PairVote]) -> dict[tuple[str, str], str]:
    """Return what each model is called, by its name and digest: what a tag stood for before is a model of its own."""
    keys = dict.fromkeys(
        key for vote in votes for key in ((vote.first, vote.first_digest), (vote.second, vote.second_digest))
    )
    several = {name for name, _ in keys if sum(name == other for other, _ in keys) > 1}
    return {
        (name, digest): f"{name} @{digest[:DIGEST_CHARS]}" if name in several and digest else name
        for name, digest in keys
    }
