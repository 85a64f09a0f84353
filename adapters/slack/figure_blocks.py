"""Figures in Slack's own blocks: `data_table`, which people sort and page through, and `data_visualization`.

https://docs.slack.dev/reference/block-kit/blocks/data-table-block and …/data-visualization-block. slack_sdk has no
classes for them.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from adapters.labels import cut_label
from bot.domain import Amount, Bars, Cell, Figures, FigureTable, Notice
from bot.i18n import sentence
from bot.reasoning import harmless

Block: TypeAlias = dict[str, Any]
MOST_ROWS, MOST_COLUMNS, PAGE_ROWS = 100, 20, 10
# All cells of the tables of one message hold so many characters together.
MOST_TABLE_CHARS, CELL_CHARS = 10_000, 200
MOST_CHARTS, MOST_BARS = 2, 20
TITLE_CHARS, LABEL_CHARS = 50, 20
UNKNOWN, ELLIPSIS = "–", "…"


def blocks_of(figures: Figures, locale: str) -> list[Block]:
    """Return the table of figures and a chart for each of their bars; what is too much for a table is cut off."""
    tables = [_table(figures.table, locale)] if figures.table.rows else []
    charts = [_chart(bars, locale) for bars in figures.bars[:MOST_CHARTS] if bars.marks]
    return [*tables, *charts]


def _table(table: FigureTable, locale: str) -> Block:
    head = [_text(title, locale) for title in table.titles[:MOST_COLUMNS]]
    rows, chars = [head], _chars(head)
    for row in table.rows[:MOST_ROWS]:
        cells = [_cell(cell, locale) for cell in row[:MOST_COLUMNS]]
        chars += _chars(cells)
        if chars > MOST_TABLE_CHARS:
            break
        rows.append(cells)
    return {
        "type": "data_table",
        "caption": sentence(table.caption, locale),
        "page_size": PAGE_ROWS,
        "row_header_column_index": 0,
        "rows": rows,
    }


def _chars(cells: list[Block]) -> int:
    return sum(len(cell["text"]) for cell in cells)


def _cell(cell: Cell, locale: str) -> Block:
    if isinstance(cell, Amount):
        return {"type": "raw_number", "value": round(cell.value, cell.digits), "text": cell.written}
    return _text(cell, locale)


def _text(cell: str | Notice | None, locale: str) -> Block:
    words = sentence(cell, locale) if isinstance(cell, Notice) else cell or ""
    return {"type": "raw_text", "text": cut_label(words, CELL_CHARS).strip() or UNKNOWN}


def _chart(bars: Bars, locale: str) -> Block:
    marks = bars.marks[:MOST_BARS]
    labels = _labels([mark.name for mark in marks])
    values = [round(mark.y, bars.digits) for mark in marks]
    axis = sentence(bars.axis, locale)
    points = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    return {
        "type": "data_visualization",
        "title": cut_label(sentence(bars.title, locale), TITLE_CHARS),
        "chart": {
            "type": "bar",
            "series": [{"name": cut_label(axis, LABEL_CHARS), "data": points}],
            "axis_config": {"categories": labels, "y_label": cut_label(axis, TITLE_CHARS)},
        },
    }


def _labels(names: list[str]) -> list[str]:
    """Return names as short as Slack wants them, each another: the middle is left out, then they are counted."""
    found: list[str] = []
    for name in names:
        shown = _shortened(harmless(name).strip() or UNKNOWN, LABEL_CHARS)
        number = 1
        while shown in found:
            number += 1
            suffix = f" {number}"
            shown = f"{_shortened(harmless(name), LABEL_CHARS - len(suffix))}{suffix}"
        found.append(shown)
    return found


def _shortened(name: str, most: int) -> str:
    if len(name) > most:
        name = name.rpartition("/")[2] or name
    if len(name) <= most:
        return name
    end = (most - 1) // 2
    return f"{name[: most - 1 - end]}{ELLIPSIS}{name[-end:]}"
