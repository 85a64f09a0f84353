"""What every platform promises who asks for figures: words or a table, a picture where one can be sent, a CSV file."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest

from tests.contracts.scenes import ADA, DANA, Seen, Stage, on_every
from tests.contracts.test_platforms_comparing import MODELS, compared, vote

HEAD = "Models by 1 comparisons of 1 people"
PICTURE = "\ufffdPNG"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what the console writes go nowhere else."""
    monkeypatch.chdir(tmp_path)


async def shown(stage: Stage) -> Seen:
    """Let Ada vote and read the leaderboard."""
    await vote(stage, await compared(stage), "A is better")
    await stage.reads_alone(ADA, "your vote counts")
    await stage.call(ADA, "model leaderboard")
    return await stage.reads_alone(ADA, HEAD)


def files_of(stage: Stage, who: str) -> list[str]:
    """Return the files that a person alone sees; at the console, what was written."""
    if stage.platform == "console":
        return [path.read_text(encoding="utf-8") for path in Path.cwd().iterdir()]
    return [file for each in stage.alone(who) for file in each.files]


def tables_of(stage: Stage, who: str) -> list[list[list[str]]]:
    return [list(csv.reader(StringIO(file[1:]))) for file in files_of(stage, who) if file.startswith("\ufeff")]


class TestFigures:
    @on_every("stage")
    async def test_every_figure_is_read_without_opening_a_file(self, stage: Stage) -> None:
        board = await shown(stage)

        assert all(name in board.text for name in MODELS)
        assert "not told apart yet" in board.text
        assert "A vote tells most on" in board.text

    @on_every("stage", "files")
    async def test_a_picture_goes_along_with_words_for_who_cannot_see_it(self, stage: Stage) -> None:
        await shown(stage)
        await stage.until(lambda: any(each.alts for each in stage.alone(ADA)))
        (picture,) = (each for each in stage.alone(ADA) if each.alts)

        assert [file[:4] for file in picture.files] == [PICTURE]
        assert picture.alts[0].startswith("Models by votes")
        assert all(name in picture.alts[0] for name in MODELS)

    @on_every("stage", "buttons under answers")
    async def test_the_file_is_a_press_away_and_for_its_presser_alone(self, stage: Stage) -> None:
        board = await shown(stage)
        await stage.press(ADA, board, "CSV file")
        await stage.until(lambda: tables_of(stage, ADA))
        (table,) = tables_of(stage, ADA)

        assert table[0][:8] == ["Model", "Place", "Points", "±", "Won", "Lost", "Even", "Tokens a second"]
        assert sorted(row[0] for row in table[1:]) == sorted(MODELS)
        assert all(not each.files for each in stage.wall())

    @on_every("stage")
    async def test_the_file_can_be_asked_for_by_an_argument(self, stage: Stage) -> None:
        await shown(stage)
        await stage.call(ADA, "model leaderboard", direct=False, **{"as": "csv"})
        await stage.until(lambda: tables_of(stage, ADA))

        assert len(tables_of(stage, ADA)[0]) == 3

    @on_every("stage", "buttons under answers", "files")
    async def test_a_dark_picture_is_a_press_away(self, stage: Stage) -> None:
        board = await shown(stage)
        await stage.press(ADA, board, "Dark picture")
        await stage.until(lambda: sum(len(each.alts) for each in stage.alone(ADA)) == 2)
        pictures = [file for each in stage.alone(ADA) if each.alts for file in each.files]

        assert len(set(pictures)) == 2

    @on_every("stage", "languages")
    async def test_figures_are_read_in_the_readers_language(self, stage: Stage) -> None:
        await shown(stage)
        await stage.call(DANA, "model leaderboard")
        await stage.reads_alone(DANA, "מודלים לפי 1 השוואות")
        await stage.until(lambda: any(each.alts for each in stage.alone(DANA)))

        assert any(alt.startswith("מודלים לפי הצבעות") for each in stage.alone(DANA) for alt in each.alts)
