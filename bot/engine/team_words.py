"""What a team's votes and its hosts' measurements say of one model, in words."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain import Amount, ModelCard, Notice
from bot.engine.team_votes import Verdicts


def surely_better(card: ModelCard | None, verdicts: Verdicts | None) -> int:
    """Return how many models the votes call better than this one; 0 where nobody voted on it."""
    standing = verdicts.standing(card) if verdicts and card else None
    return standing.rank - 1 if standing else 0


def team_notices(card: ModelCard, verdicts: Verdicts | None) -> Iterator[Notice]:
    """Tell how a model stands in the votes, and how fast it wrote what was compared, as far as that is known."""
    standing = verdicts.standing(card) if verdicts else None
    if standing is None or verdicts is None:
        return
    words = {
        "place": standing.rank,
        "models": len(verdicts.board.standings),
        "points": Amount(standing.points, is_signed=True).written,
        "margin": Amount(standing.margin).written,
        "votes": standing.votes,
    }
    yield Notice("model.info.votes", words)
    if speed := verdicts.speeds.get(standing.model):
        yield Notice("model.info.speed", {"rate": Amount(speed, 1).written})


def team_words(card: ModelCard | None, verdicts: Verdicts | None) -> Notice | str:
    """Return what ends a line that recommends a model: its place in the votes and its speed, as far as known."""
    standing = verdicts.standing(card) if verdicts and card else None
    if standing is None or verdicts is None:
        return ""
    speed = verdicts.speeds.get(standing.model)
    rate = Notice("leaderboard.at_speed", {"rate": Amount(speed, 1).written}) if speed else ""
    return Notice("model.recommend.votes", {"place": standing.rank, "votes": standing.votes, "rate": rate})
