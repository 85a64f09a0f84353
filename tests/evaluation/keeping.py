"""The table of scores in docs/reference/lessons.md: written from a run, read to see whether a later one is worse.

It holds numbers only. A release keeps its line for all questions; the newest has one for each language, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.runtime.version import version
from tests.cli_process import ROOT
from tests.evaluation.measuring import Scores

PAGE = ROOT / "docs/reference/lessons.md"
MARKS = ("<!-- scores -->\n", "<!-- /scores -->\n")
ALL = "all"

TOLERANCE = 0.02
"""By so much a figure may be worse than the kept one: one question in fifty."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A column: what the scorer calls it, and how it is read. `worst`: no more than this, whatever was kept."""

    name: str
    head: str
    is_better_low: bool = False
    worst: float | None = None


COUNT = Figure("n", "questions")
FIGURES = (
    Figure("lesson_recall@1", "lesson first"),
    Figure("lesson_recall@5", "lesson in five"),
    Figure("heading_recall@5", "section in five"),
    Figure("passage_recall@1", "passage first"),
    Figure("passage_recall@5", "passage in five"),
    Figure("key_fact_coverage", "facts told"),
    Figure("citation_precision_lesson", "citations of the lesson"),
    Figure("citation_precision_section", "citations of the section"),
    Figure("citation_invalid", "invented links", is_better_low=True, worst=0.0),
    Figure("refusal_recall", "refused rightly"),
    Figure("false_refusal_rate", "refused wrongly", is_better_low=True),
)


def kept_table(page: str) -> str:
    """Return what stands between the marks; "" where nothing does."""
    _, _, rest = page.partition(MARKS[0])
    return rest.partition(MARKS[1])[0]


def kept_scores(page: str) -> Mapping[str, float]:
    """Return the newest release's figures for all questions, by the scorer's names; empty before the first."""
    rows = [row for row in _rows(page) if row[1] == ALL]
    return {figure.name: float(cell) for figure, cell in zip(FIGURES, rows[0][3:], strict=True)} if rows else {}


def written(page: str, scores: Mapping[str, Scores], *, release: str) -> str:
    """Return the page with this release's figures, above those that earlier releases had for all questions."""
    earlier = [row for row in _rows(page) if row[1] == ALL and row[0] != release]
    ours = [[release, name, *_cells(scores[name])] for name in sorted(scores, key=lambda name: (name != ALL, name))]
    heads = ["release", "questions in", COUNT.head, *(figure.head for figure in FIGURES)]
    lines = [*ours, *earlier]
    before, mark, rest = page.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    table = f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|\n" + "".join(
        f"| {' | '.join(line)} |\n" for line in lines
    )
    return f"{before}{mark}{table}{end}{after}"


def write(scores: Mapping[str, Scores]) -> Path:
    """Keep the figures of a run as this version's; return the page."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), scores, release=version()), encoding="utf-8")
    return PAGE


def worse(kept: Mapping[str, float], scores: Scores, *, tolerance: float = TOLERANCE) -> list[str]:
    """Return which figures are worse than kept, and by how much, as sentences."""
    said = []
    for figure in FIGURES:
        now, before = scores.get(figure.name), kept.get(figure.name)
        if now is None:
            continue
        if figure.worst is not None and now > figure.worst:
            said.append(f"{figure.head}: {now:.3f}, and it must be {figure.worst:g}")
        elif before is not None and (now - before if figure.is_better_low else before - now) > tolerance:
            said.append(f"{figure.head}: {now:.3f}, and it was {before:.3f}")
    return said


def _rows(page: str) -> Sequence[list[str]]:
    lines = kept_table(page).splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _cells(scores: Scores) -> list[str]:
    count = scores[COUNT.name] or 0
    return [f"{count:.0f}", *(_cell(scores.get(figure.name)) for figure in FIGURES)]


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
