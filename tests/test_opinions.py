"""`lyceum ratings`: what people think of the answers, as the operator reads it."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.ratings import BAR_CHARS, by_model, reasons, table
from bot.domain import Address, ChatMessage, Person, StoredAnswer, TurnState
from bot.i18n import LOCALES, text
from bot.ports import Rating, Verdict
from bot.storage.answer_store import SqlAnswers
from bot.storage.database.open_database import open_database
from bot.storage.turns.turn_store import SqlTurns
from tests.cli_process import Lyceum

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD, BAD = Verdict.GOOD, Verdict.BAD
RATINGS = st.lists(
    st.builds(Rating, st.sampled_from(["a", "b", ""]), st.sampled_from(Verdict), st.text(), st.just(MONDAY))
)


def english(key: str) -> str:
    return text(key, "en")


@pytest.fixture
def lyceum(tmp_path: Path) -> Lyceum:
    return Lyceum(tmp_path, {})


async def rate(file: Path, *verdicts: tuple[str, Verdict, str]) -> None:
    """Let people rate answers of models, one person an answer."""
    async with await open_database(file) as database:
        turns, answers = SqlTurns(database), SqlAnswers(database)
        for number, (model, verdict, reason) in enumerate(verdicts):
            message = ChatMessage(
                event_id=f"e{number}",
                message_id=f"m{number}",
                address=Address("lab", "W1", "C1"),
                person=Person("U1", "Dana"),
                text="Hi",
            )
            turn = await turns.accept(message, worker="w")
            assert turn
            await turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "Ho", model=model), worker="w")
            await answers.rate(turn.id, "U1", verdict, reason=reason)


async def test_the_table_shows_each_model_with_a_bar(lyceum: Lyceum, tmp_path: Path) -> None:
    given = [("olmo2:7b", GOOD, ""), ("falcon:7b", GOOD, ""), ("falcon:7b", BAD, "wrong"), ("falcon:7b", GOOD, "")]
    await rate(tmp_path / "data/lyceum.db", *given)

    done = await lyceum("ratings")

    assert done.code == 0
    assert done.out.splitlines() == [
        "model      good  not good  good of all",
        "falcon:7b     2         1          67%  █████████████░░░░░░░",
        "olmo2:7b      1         0         100%  ████████████████████",
    ]


async def test_the_reasons_are_listed_newest_first_each_on_a_line(lyceum: Lyceum, tmp_path: Path) -> None:
    file = tmp_path / "data/lyceum.db"
    await rate(file, ("falcon:7b", BAD, "too\nlong"), ("olmo2:7b", GOOD, ""), ("olmo2:7b", BAD, "לא נכון"))

    lines = (await lyceum("ratings", "--reasons")).out.splitlines()

    assert [line.partition("  ")[2] for line in lines] == ["olmo2:7b: לא נכון", "falcon:7b: too long"]


@pytest.mark.parametrize("arguments", [("ratings",), ("ratings", "--reasons")])
async def test_without_ratings_it_says_so_and_makes_no_database(lyceum: Lyceum, arguments: tuple[str, ...]) -> None:
    done = await lyceum(*arguments)

    assert (done.code, done.out) == (0, "Nobody has rated an answer yet.\n")
    assert not (lyceum.folder / "data").exists()


async def test_without_a_reason_it_says_so(lyceum: Lyceum, tmp_path: Path) -> None:
    await rate(tmp_path / "data/lyceum.db", ("falcon:7b", BAD, ""))

    assert (await lyceum("ratings", "--reasons")).out == "Nobody has said yet why an answer was not good.\n"


@given(RATINGS)
def test_every_rating_is_counted_once(ratings: list[Rating]) -> None:
    counted = by_model(ratings)

    assert sum(each.good + each.bad for each in counted) == len(ratings)
    assert all(len(each.bar) == BAR_CHARS for each in counted)


@given(RATINGS)
def test_every_reason_is_one_line(ratings: list[Rating]) -> None:
    lines = reasons(ratings, english)

    assert len(lines) == len([rating for rating in ratings if rating.reason])
    assert all("\n" not in line for line in lines)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_columns_stand_under_each_other_in_every_language(locale: str) -> None:
    given = [Rating("m", GOOD, "", MONDAY), Rating("", BAD, "", MONDAY + timedelta(seconds=1))]
    lines = table(given, lambda key: text(key, locale))

    assert len({len(line) for line in lines[1:]}) == 1
    assert not any(unicodedata.category(character).startswith("C") for line in lines for character in line)
