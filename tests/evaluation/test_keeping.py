from __future__ import annotations

from pathlib import Path

import pytest

from tests.evaluation.keeping import ALL, COUNT, FIGURES, MARKS, kept_scores, worse, written
from tests.evaluation.measuring import CannotMeasureError, material, measured
from tests.lessons.courses import BEES, write

SCORER = """
import json, sys
said = dict(zip(sys.argv[1::2], sys.argv[2::2]))
count = sum(not json.loads(line)["refused"] for line in open(said["--pred"]))
print(count, "answered")
json.dump({"all": {"n": count}, "by_lang": {"en": {"n": count}}}, open(said["--json"], "w"))
"""
PAGE = f"before\n{MARKS[0]}{MARKS[1]}after\n"
GOOD = {COUNT.name: 58.0} | {figure.name: 0.0 if figure.is_better_low else 0.9 for figure in FIGURES}


def test_figures_that_are_kept_are_read_again() -> None:
    page = written(PAGE, {ALL: GOOD, "he": GOOD}, release="1.0")

    assert kept_scores(page) == {figure.name: GOOD[figure.name] for figure in FIGURES}
    assert page.startswith("before\n")
    assert page.endswith("after\n")


def test_a_release_stands_above_the_one_before_which_keeps_one_line() -> None:
    first = written(PAGE, {ALL: GOOD, "he": GOOD}, release="1.0")
    second = written(first, {ALL: GOOD | {"lesson_recall@1": 0.95}, "he": GOOD}, release="1.1")

    assert [line.split(" | ")[:2] for line in second.splitlines()[4:-2]] == [
        ["| 1.1", "all"],
        ["| 1.1", "he"],
        ["| 1.0", "all"],
    ]
    assert kept_scores(second)["lesson_recall@1"] == 0.95


def test_the_same_release_is_written_over() -> None:
    once = written(PAGE, {ALL: GOOD}, release="1.0")

    assert written(once, {ALL: GOOD}, release="1.0") == once


def test_before_the_first_table_nothing_is_worse() -> None:
    assert worse(kept_scores(PAGE), GOOD) == []


@pytest.mark.parametrize(
    ("name", "value", "is_worse"),
    [
        ("lesson_recall@5", 0.89, False),
        ("lesson_recall@5", 0.87, True),
        ("lesson_recall@5", 1.0, False),
        ("false_refusal_rate", 0.01, False),
        ("false_refusal_rate", 0.03, True),
        ("citation_invalid", 0.001, True),
    ],
)
def test_a_figure_may_be_a_little_worse_and_a_link_never_invented(name: str, value: float, *, is_worse: bool) -> None:
    assert bool(worse(GOOD, GOOD | {name: value})) is is_worse


def test_a_figure_that_no_question_gives_is_not_compared() -> None:
    assert worse(GOOD, GOOD | {"refusal_recall": None}) == []


def test_what_is_not_there_is_named_with_the_way_to_name_another() -> None:
    with pytest.raises(CannotMeasureError, match="make eval COURSE="):
        material(course="/nowhere/at/all")


def test_a_scorer_that_fails_is_told_by_its_last_line(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"course/03-bees/README.md": BEES, "set.jsonl": '{"id": "1", "question": "What do bees dance for?"}\n'},
    )
    scorer = write(tmp_path, {"score.py": "import sys\nsys.exit('no gold here')\n"}) / "score.py"
    using = material(course=f"{tmp_path}/course", questions=f"{tmp_path}/set.jsonl", scorer=f"{scorer}")

    with pytest.raises(CannotMeasureError, match=r"score\.py .* ended with 1: no gold here"):
        measured(using, folder=tmp_path)


def test_a_set_of_ones_own_is_scored_by_ones_own_program(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"course/03-bees/README.md": BEES, "set.jsonl": '{"id": "1", "question": "What do bees dance for?"}\n'},
    )
    scorer = write(tmp_path, {"score.py": SCORER}) / "score.py"
    using = material(course=f"{tmp_path}/course", questions=f"{tmp_path}/set.jsonl", scorer=f"{scorer}")
    done = measured(using, folder=tmp_path)

    assert done.table == "1 answered\n"
    assert done.scores == {"all": {"n": 1}, "en": {"n": 1}}
