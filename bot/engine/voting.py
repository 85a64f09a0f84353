"""Votes on compared answers: who casts one sees whose answers they were; and the leaderboard the votes make."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from bot.domain import CommandCall, Notice, ReplyPart
from bot.engine.button_presses import ButtonPresses
from bot.engine.commands import REASON_CHARS, CommandRun
from bot.engine.comparing import BOTH_BAD, TIE
from bot.engine.figure_forms import in_form, wants_file
from bot.engine.money import money
from bot.engine.prompt import clean_text
from bot.engine.team_votes import TeamVotes, Verdicts
from bot.engine.usage_sums import UsageSums, asked_by, within
from bot.errors import UserError
from bot.ports import ComparedAnswer, PairVote

if TYPE_CHECKING:
    from bot.engine.leaderboard_figures import TokenPrices

NEITHER = 0.5
MOST_OPEN_PAIRS = 3


class Voting:
    """Takes votes, and tells what all of them say."""

    def __init__(self, presses: ButtonPresses, team: TeamVotes, sums: UsageSums | None = None) -> None:
        self._comparisons = team.comparisons
        self._presses = presses
        self._team = team
        self._sums = sums

    @property
    def runs(self) -> dict[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {"vote": self.vote, "model leaderboard": self.leaderboard} if self._comparisons else {}

    async def vote(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Keep a vote, one a person, and tell its voter whose the answers were."""
        assert self._comparisons
        answer = await self._presses.over(call)
        compared = await self._comparisons.answers(answer.turn_id)
        ballot = call.arguments["ballot"]
        if not compared or ballot not in {TIE, BOTH_BAD, *(each.label for each in compared if each.chars)}:
            raise UserError("error.answer_gone")
        reason = clean_text(call.arguments.get("reason", ""))[:REASON_CHARS].strip()
        votes = votes_on(compared, ballot, person_id=call.person.id, reason=reason)
        is_kept = await self._comparisons.vote(answer.turn_id, call.address, votes)
        yield Notice("vote.done" if is_kept else "vote.already")
        costs = await self._sums.of_turn(answer.turn_id) if self._sums else {}
        for each in compared:
            yield Notice("vote.revealed", _revealed(each))
            if self._sums and each.model in costs:
                yield Notice("vote.cost", {"cost": money(costs[each.model], self._sums.costs.currency)})
        yield Notice("vote.tail")

    async def leaderboard(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell which models this workspace's votes call better, and which are not told apart yet."""
        verdicts = await self._team.verdicts(call.address, call.person)
        if verdicts is None or not verdicts.board.standings:
            yield Notice("leaderboard.none")
            return
        for part in _told(call, verdicts, await self._prices(call, verdicts.names)):
            yield part

    async def _prices(self, call: CommandCall, names: Mapping[tuple[str, str], str]) -> TokenPrices:
        """Return what a million tokens of the models cost here of late, as far as it is known."""
        from bot.engine.leaderboard_figures import TokenPrices

        if self._sums is None:
            return TokenPrices()
        where = call.address
        is_mine = asked_by(where.platform, call.person.id)
        spent = await self._sums.lately(within(where.platform, where.workspace) if where.workspace else is_mine)
        prices = {name: spent[key].at_work for key, name in names.items() if key in spent}
        known = {name: price for name, price in prices.items() if price is not None}
        return TokenPrices(known, self._sums.costs.currency)


def _told(call: CommandCall, verdicts: Verdicts, prices: TokenPrices) -> Iterator[ReplyPart]:
    """Yield the leaderboard: its figures, and between which models a vote tells most."""
    # numpy is loaded by now.
    from bot.engine.leaderboard_figures import figures_of

    board, figures = verdicts.board, figures_of(verdicts.board, verdicts.speeds, prices)
    if wants_file(call):
        yield from in_form(call, figures)
        return
    yield Notice("leaderboard.head", {"votes": verdicts.votes, "people": verdicts.people})
    yield from in_form(call, figures)
    open_pairs = sorted((pair for pair in board.pairs if not pair.is_told_apart), key=lambda pair: pair.more_votes)
    for pair in open_pairs[:MOST_OPEN_PAIRS]:
        words = {"better": pair.better, "worse": pair.worse, "more": pair.more_votes}
        yield Notice("leaderboard.open", words)
    if board.proposed:
        first, second = (name.partition(" @")[0] for name in board.proposed)
        yield Notice("leaderboard.proposed", {"first": first, "second": second})


def votes_on(compared: Sequence[ComparedAnswer], ballot: str, *, person_id: str, reason: str) -> list[PairVote]:
    """Return what a ballot says of each pair of the answers that were given."""
    votes = []
    for first, second in combinations([each for each in compared if each.chars], 2):
        if ballot in {TIE, BOTH_BAD}:
            outcome = NEITHER
        elif ballot in {first.label, second.label}:
            outcome = 1.0 if ballot == first.label else 0.0
        else:
            continue
        votes.append(
            PairVote(
                person_id=person_id,
                first=first.model,
                second=second.model,
                outcome=outcome,
                first_digest=first.digest,
                second_digest=second.digest,
                first_chars=first.chars,
                second_chars=second.chars,
                reason=reason,
            )
        )
    return votes


def _revealed(each: ComparedAnswer) -> dict[str, object]:
    unknown = Notice("model.list.unknown")
    rate = each.answer_tokens / each.answer_s if each.answer_s else 0.0
    return {
        "label": each.label.upper(),
        "model": each.model,
        "tokens": each.answer_tokens or unknown,
        "rate": f"{rate:.1f}" if rate else unknown,
        "first": f"{each.first_s:.1f}" if each.first_s else unknown,
    }
