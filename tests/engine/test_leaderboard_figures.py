from __future__ import annotations

from bot.domain import Amount, Attached, Bars, Figures, Notice, Offer, Scatter
from bot.engine.leaderboard import leaderboard_of
from bot.engine.leaderboard_figures import MOST_TOLD, figures_of
from bot.engine.strengths import Vote
from bot.i18n import sentence
from bot.ports import ComparedAnswer
from tests.engine.talk import DANA, NOAM, ROOM, Heard, Talk
from tests.engine.test_comparing import compare

CLEAR = [Vote(f"p{number % 7}", "a", "b", 0.0 if number % 10 == 0 else 1.0) for number in range(40)]
OPEN = [*CLEAR, Vote("p1", "a", "c", 1.0)]


def test_a_model_stands_out_where_no_other_is_surely_better() -> None:
    picture = figures_of(leaderboard_of(OPEN), {}).picture

    assert picture
    assert {mark.name: mark.stands_out for mark in picture.marks} == {"a": True, "b": False, "c": True}
    assert all(mark.low is not None and mark.low < mark.y for mark in picture.marks)


def test_models_that_are_not_told_apart_share_a_place_in_the_table() -> None:
    table = figures_of(leaderboard_of(OPEN), {"a": 31.44}).table
    cells = {row[0]: row for row in table.rows}

    assert cells["a"][1] == cells["c"][1] == Amount(1)
    assert cells["b"][1] == Amount(2)
    assert cells["a"][-1] == Amount(31.44, 1)
    assert cells["b"][-1] is None


def test_quality_is_shown_against_speed_where_the_speed_of_all_is_known() -> None:
    board = leaderboard_of(OPEN)

    assert isinstance(figures_of(board, {"a": 30.0, "b": 60.0, "c": 12.5}).picture, Scatter)
    assert isinstance(figures_of(board, {"a": 30.0, "b": 60.0}).picture, Bars)


def test_of_many_models_the_first_are_told_in_words_and_all_are_in_the_table() -> None:
    votes = [Vote(f"p{number}", f"m{number}", f"m{number + 1}", 1.0) for number in range(29)]
    figures = figures_of(leaderboard_of(votes), {})

    assert len(figures.table.rows) == 30
    assert len(figures.told) == MOST_TOLD + 1
    assert sentence(figures.told[-1], "en") == "… and 15 more: the CSV file has all"


async def voted(talk: Talk) -> None:
    """Let two people vote on two models whose speeds are known."""
    answer = await compare(talk, "falcon:7b", "mistral:7b")
    turn = int(answer.of(Offer)[-1].buttons[0].arguments["turn"])
    kept = [
        ComparedAnswer(label=each.label, model=each.model, chars=each.chars, answer_s=2.0, answer_tokens=tokens)
        for each, tokens in zip(await talk.comparisons.answers(turn), (40, 90), strict=True)
    ]
    await talk.comparisons.keep(turn, kept)
    for person in (DANA, NOAM):
        await talk.command("vote", person=person, turn=str(turn), ballot="a")


def figures(heard: Heard) -> Figures:
    (found,) = heard.of(Figures)
    return found


async def test_the_leaderboard_carries_figures_with_the_speed_that_was_measured() -> None:
    talk = Talk()
    await voted(talk)

    board = await talk.command("model leaderboard")

    assert {row[-1] for row in figures(board).table.rows} == {Amount(20.0, 1), Amount(45.0, 1)}
    assert isinstance(figures(board).picture, Scatter)
    assert "45.0 tokens/s" in " ".join(sentence(line, "en") for line in figures(board).told)
    assert [sentence(button.label, "en") for button in board.of(Offer)[-1].buttons] == ["CSV file", "Dark picture"]


async def test_sentences_stand_around_the_figures() -> None:
    talk = Talk()
    await voted(talk)

    parts = (await talk.command("model leaderboard")).parts

    at = next(number for number, part in enumerate(parts) if isinstance(part, Figures))
    assert [part.key for part in parts[:at] if isinstance(part, Notice)] == ["leaderboard.head"]
    assert [part.key for part in parts[at:] if isinstance(part, Notice)] == ["leaderboard.open", "leaderboard.proposed"]


async def test_the_file_comes_alone_and_the_dark_picture_offers_the_light_one() -> None:
    talk = Talk()
    await voted(talk)

    file = await in_form(talk, "csv")
    dark = await in_form(talk, "dark")

    assert [each.name for each in file.of(Attached)] == ["leaderboard.csv"]
    assert file.notices == ["figures.csv"]
    assert figures(dark).is_dark
    assert [sentence(button.label, "en") for button in dark.of(Offer)[-1].buttons] == ["CSV file", "Light picture"]


async def in_form(talk: Talk, form: str) -> Heard:
    return await talk.command("model leaderboard", at=ROOM, as_=form)
