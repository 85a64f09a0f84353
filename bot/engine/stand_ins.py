"""Which installed model can take another one's place: by what it is good for, the hosts' memory and the votes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, ModelCard
from bot.engine.candidates import ModelCandidate, Purpose, rank
from bot.engine.catalog import Catalog, tidy_name
from bot.engine.selection import Selector, fits
from bot.ports import Comparisons, ModelCatalogue, PairVote

# Without votes a model stands between those that are surely better and those that are surely worse.
UNVOTED_RANK = 1.5
SHORT_CHARS = 8
# One that is retired soon itself is no help.
RETIRES_WITHIN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class VotedPlace:
    """How the team's votes rank a model: 1 where none is surely better; and how many were for and against it."""

    rank: float = UNVOTED_RANK
    wins: int = 0
    losses: int = 0


@dataclass(frozen=True, slots=True)
class StandIn:
    """A model that can take another one's place, what it takes in memory in GB (0: not known), and its votes."""

    card: ModelCard
    memory_gb: float
    voted: VotedPlace


class StandIns:
    """Finds the model that can take another one's place."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        selector: Selector,
        catalogue: ModelCatalogue,
        comparisons: Comparisons | None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._catalog = catalog
        self._selector = selector
        self._catalogue = catalogue
        self._comparisons = comparisons
        self._clock = clock

    async def of(self, model: str, where: Address) -> StandIn | None:
        """Return the best; None where no other installed model that chats fits.

        Raises:
            Unavailable: the host or the store does not answer.
        """
        cards = [card for card in await self._catalog.cards() if self._may_stand_in(card, model)]
        if not cards:
            return None
        voted = await self._voted(cards, where)
        gone = self._catalogue.find(model)
        wanted = frozenset(gone.tasks) if gone else frozenset({"chat"})
        speaks = frozenset(gone.languages) if gone else frozenset()

        def order(card: ModelCard) -> tuple[object, ...]:
            candidate = ModelCandidate(card, self._catalogue.entry_of(card))
            place = voted.get(card.name, VotedPlace()).rank
            lacks = len(wanted - candidate.tasks), len(speaks - candidate.languages)
            return (card.is_remote, self._retires_soon(card), lacks[0] > 0, place, *lacks, rank(candidate, Purpose()))

        best = min(cards, key=order)
        memory_gb = ModelCandidate(best, None).memory_gb
        return StandIn(best, memory_gb, voted.get(best.name, VotedPlace()))

    def _may_stand_in(self, card: ModelCard, model: str) -> bool:
        is_another = tidy_name(card.name) != tidy_name(model)
        return is_another and card.can_chat and not card.is_demonstration and fits(card, memory_gb=self._memory_gb)

    @property
    def _memory_gb(self) -> float:
        return self._selector.memory_gb

    def _retires_soon(self, card: ModelCard) -> bool:
        entry = self._catalogue.entry_of(card)
        return bool(entry and entry.retires and entry.retires <= self._today() + RETIRES_WITHIN)

    def _today(self) -> date:
        return self._clock.utc().date()

    async def _voted(self, cards: Sequence[ModelCard], where: Address) -> Mapping[str, VotedPlace]:
        if self._comparisons is None:
            return {}
        votes = await self._comparisons.votes(where.platform, where.workspace)
        return voted_places(votes, {card.name: card.digest for card in cards}) if votes else {}


def voted_places(votes: Sequence[PairVote], digests: Mapping[str, str]) -> dict[str, VotedPlace]:
    """Return how votes rank models by name; those on what a name stood for before do not count for it."""
    # numpy is loaded where there are votes.
    from bot.engine.leaderboard import leaderboard_of
    from bot.engine.strengths import Vote

    counted = [
        Vote(vote.person_id, first, second, vote.outcome, vote.first_chars, vote.second_chars)
        for vote in votes
        for first in [_of_today(vote.first, vote.first_digest, digests)]
        for second in [_of_today(vote.second, vote.second_digest, digests)]
    ]
    standings = leaderboard_of(counted).standings
    return {each.model: VotedPlace(each.rank, each.wins, each.losses) for each in standings if each.model in digests}


def _of_today(name: str, digest: str, digests: Mapping[str, str]) -> str:
    """Return a model's name, or one of its own for what it stood for before."""
    is_same = digests.get(name, digest) in {"", digest} or not digest
    return name if is_same else f"{name} @{digest}"


def short_of(name: str) -> str:
    """Return what stands for a model's name in a button, which holds less than a name can be long."""
    return hashlib.sha256(name.encode()).hexdigest()[:SHORT_CHARS]
