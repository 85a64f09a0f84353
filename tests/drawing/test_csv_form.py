from __future__ import annotations

import csv
from io import StringIO

import pytest

from bot.domain import Amount, Cell, Figures, FigureTable, Notice
from bot.drawing.csv_form import csv_of
from tests.drawing.figures import figures_of, table_of


def rows_of(table: FigureTable, locale: str = "en") -> list[list[str]]:
    file = csv_of(Figures(name="usage", table=table, told=()), locale)
    assert file.text.startswith("\ufeff")
    return list(csv.reader(StringIO(file.text.removeprefix("\ufeff"))))


def test_a_file_is_named_after_its_figures_and_has_titles_in_the_readers_language() -> None:
    assert csv_of(figures_of(), "en").name == "leaderboard.csv"
    assert rows_of(table_of())[0] == ["Model", "Points"]
    assert rows_of(table_of(), "he")[0] == ["מודל", "נקודות"]


def test_numbers_are_those_of_programs_and_what_is_unknown_is_empty() -> None:
    rows = rows_of(table_of(("a", Amount(-1234.56, digits=1, is_signed=True)), ("b", None)))

    assert rows[1:] == [["a", "-1234.6"], ["b", ""]]


def test_commas_quotes_and_lines_in_a_name_stay_in_its_cell() -> None:
    assert rows_of(table_of(('a, "b"', "c\nd")))[1] == ['a, "b"', "c\nd"]


@pytest.mark.parametrize(
    "name", ["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "\uff1d1+2", "\uff0b1", "\uff0d1", "\uff20S"]
)
def test_a_name_is_no_formula(name: str) -> None:
    assert rows_of(table_of((name, None)))[1][0] == f"'{name}"


@pytest.mark.parametrize(
    ("amount", "written", "plain"),
    [
        (Amount(1234.5, digits=1), "1,234.5", "1234.5"),
        (Amount(3, is_signed=True), "+3", "3"),
        (Amount(-0.01, digits=1, is_signed=True), "0.0", "0.0"),
        (Amount(0, is_signed=True), "0", "0"),
    ],
)
def test_an_amount_reads_as_told(amount: Amount, written: str, plain: str) -> None:
    assert (amount.written, amount.plain) == (written, plain)


def test_a_table_whose_rows_are_of_other_lengths_is_none() -> None:
    row: tuple[Cell, ...] = ("a",)

    with pytest.raises(ValueError, match="cell"):
        FigureTable(caption=Notice("x"), titles=(Notice("a"), Notice("b")), rows=(row,))
    with pytest.raises(ValueError, match="amount"):
        Amount(float("nan"))
