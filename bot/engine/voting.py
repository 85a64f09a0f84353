"""Votes on compared answers: who casts one sees whose answers they were; and the leaderboard the votes make."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from itertools import combinations

from bot.domain import CommandCall, Notice, ReplyPart
from bot.engine.button_presses import ButtonPresses
from bot.engine.commands import REASON_CHARS, CommandRun
from bot.engine.comparing import BOTH_BAD, TIE
from bot.engine.prompt import clean_text
from bot.errors import UserError
from bot.ports import ComparedAnswer, Comparisons, PairVote

NEITHER = 0.5
MOST_OPEN_PAIRS = 3
DIGEST_CHARS = 6


class Voting:
    """Takes votes, and tells what all of them say."""

    def __init__(self, *, comparisons: Comparisons | None, presses: ButtonPresses) -> None:
        self._comparisons = comparisons
        self._presses = presses
        # Many votes take a processor for seconds: one after the other, and beside everything else.
        self._reckoning = asyncio.Lock()

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
        for each in compared:
            yield Notice("vote.revealed", _revealed(each))
        yield Notice("vote.tail")

    async def leaderboard(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell which models this workspace's votes call better, and which are not told apart yet."""
        # numpy is loaded where somebody asks.
        from bot.engine.leaderboard import leaderboard_of
        from bot.engine.strengths import Vote

        assert self._comparisons
        votes = await self._comparisons.votes(call.address.platform, call.address.workspace)
        if not call.address.workspace:
            # Outside of workspaces everybody speaks for themselves.
            votes = [vote for vote in votes if vote.person_id == call.person.id]
        names = names_of(votes)
        told = [
            Vote(
                vote.person_id,
                names[vote.first, vote.first_digest],
                names[vote.second, vote.second_digest],
                vote.outcome,
                vote.first_chars,
                vote.second_chars,
            )
            for vote in votes
        ]
        async with self._reckoning:
            board = await asyncio.to_thread(leaderboard_of, told)
        if not board.standings:
            yield Notice("leaderboard.none")
            return
        people = len({vote.person_id for vote in votes})
        yield Notice("leaderboard.head", {"votes": len(votes), "people": people})
        for standing in board.standings:
            yield Notice(
                "leaderboard.row",
                {
                    "rank": standing.rank,
                    "model": standing.model,
                    "points": f"{standing.points:+.0f}",
                    "margin": f"{standing.margin:.0f}",
                    "wins": standing.wins,
                    "losses": standing.losses,
                    "ties": standing.ties,
                },
            )
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
