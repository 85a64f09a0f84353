from __future__ import annotations

import asyncio

import pytest

from bot.domain import Notice
from bot.engine.leaderboard import Leaderboard
from bot.engine.team_votes import TeamVotes
from bot.i18n import sentence
from bot.ports import ComparedAnswer, PairVote
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, Heard, Talk

ELSEWHERE = ROOM.__class__("lab", "W2", "C1")


async def vote(talk: Talk, better: str, worse: str, *, rounds: int = 12, speed: float = 20.0) -> None:
    """Let three people prefer one model to another, again and again."""
    for number in range(rounds):
        turn = await talk.accept(f"Which is better, {better} or {worse}? {number}")
        answers = [
            ComparedAnswer(label=label, model=model, chars=9, answer_s=2.0, answer_tokens=int(speed * 2))
            for label, model in (("a", better), ("b", worse))
        ]
        await talk.comparisons.keep(turn.id, answers)
        for person in (DANA, NOAM, BOSS):
            ballot = [PairVote(person_id=person.id, first=better, second=worse, outcome=1.0)]
            await talk.comparisons.vote(turn.id, ROOM, ballot)


def lines(told: Heard) -> list[str]:
    return [sentence(notice, "en") for notice in told.of(Notice)]


async def recommended(talk: Talk, **where: object) -> list[str]:
    told = await talk.command("model recommend", **where)  # type: ignore[arg-type]
    return [line for line in lines(told) if line.startswith("•")]


async def test_without_votes_nothing_is_said_of_them() -> None:
    assert not any("place" in line for line in await recommended(Talk()))


async def test_a_model_the_team_calls_worse_is_recommended_later_and_the_votes_are_told() -> None:
    talk = Talk()
    first = (await recommended(talk))[0]
    best = first.partition("`")[2].partition("`")[0]
    other = next(name for name in talk.backend.cards if name != best)
    await vote(talk, other, best, speed=31.0)

    told = await recommended(talk)

    names = [line.partition("`")[2].partition("`")[0] for line in told]
    assert names.index(other) < names.index(best)
    assert "place 1 by 36 votes · 31.0 tokens/s" in told[names.index(other)]
    assert "place 2 by 36 votes" in told[names.index(best)]


async def test_votes_that_tell_nobody_apart_change_no_order() -> None:
    talk = Talk()
    before = [line.partition("`")[2].partition("`")[0] for line in await recommended(talk)]
    await vote(talk, before[1], before[0], rounds=1)

    assert [line.partition("`")[2].partition("`")[0] for line in await recommended(talk)] == before


async def test_another_workspaces_votes_are_not_told() -> None:
    talk = Talk()
    await vote(talk, "falcon:7b", "mistral:7b")

    assert not any("place" in line for line in await recommended(talk, at=ELSEWHERE))


async def test_the_card_tells_the_votes_and_the_speed() -> None:
    talk = Talk()
    await vote(talk, "falcon:7b", "mistral:7b", speed=31.0)

    told = "\n".join(lines(await talk.command("model info", name="falcon:7b")))

    assert "Your team's votes: place 1 of 2, +" in told
    assert "31.0 tokens a second" in told


async def test_a_leaderboard_is_reckoned_again_only_when_votes_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk()
    await vote(talk, "falcon:7b", "mistral:7b", rounds=1)
    team = TeamVotes(talk.comparisons)
    reckoned = counted(monkeypatch)

    for _ in range(3):
        await team.verdicts(ROOM, DANA)
    await vote(talk, "falcon:7b", "olmo2:7b", rounds=1)
    verdicts = await asyncio.gather(*(team.verdicts(ROOM, DANA) for _ in range(2)))

    assert len(reckoned) <= 3
    assert verdicts[0] == verdicts[1]
    assert verdicts[0]
    assert verdicts[0].votes == 6


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often a leaderboard is reckoned."""
    from bot.engine import leaderboard

    found: list[int] = []
    real = leaderboard.leaderboard_of

    def counting(votes: object) -> Leaderboard:
        found.append(1)
        return real(votes)  # type: ignore[arg-type]

    monkeypatch.setattr(leaderboard, "leaderboard_of", counting)
    return found
