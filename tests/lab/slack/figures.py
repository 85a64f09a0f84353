"""Slack's limits on tables and charts.

https://docs.slack.dev/reference/block-kit/blocks/data-table-block: 2 to 101 rows with the header, at most 20 columns,
all rows of one length, no rich text in the header, 1 to 100 rows a page, 10,000 characters in all cells together.
https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block: titles of axes and charts 50 characters,
labels 20; 1 to 12 series with names of their own, 1 to 20 categories, in each series a finite value for each of them.
More than two charts in a message are refused, which the page does not say (https://github.com/vercel/chat/pull/696).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from tests.lab.slack.blocks import Json

KINDS = ("data_table", "data_visualization")
ROWS, COLUMNS, PAGE, TABLE_CHARS = 101, 20, 100, 10_000
CHARTS, SERIES, CATEGORIES, SEGMENTS, TITLE, LABEL = 2, 12, 20, 12, 50, 20


def figure_problems(blocks: list[Json], path: str) -> Iterator[str]:
    """Yield what is wrong with the tables and charts of a message."""
    charts = sum(block.get("type") == "data_visualization" for block in blocks)
    if charts > CHARTS:
        yield f"no more than {CHARTS} data_visualization blocks allowed [json-pointer:{path}]"
    rows = [row for block in blocks if block.get("type") == "data_table" for row in block.get("rows", [])]
    if sum(len(str(cell.get("text"))) for row in rows for cell in row) > TABLE_CHARS:
        yield f"tables must have less than {TABLE_CHARS + 1} characters together [json-pointer:{path}]"
    for number, block in enumerate(blocks):
        if block.get("type") == "data_table":
            yield from _table(block, f"{path}/{number}")
        if block.get("type") == "data_visualization":
            yield from _chart(block, f"{path}/{number}")


def without_charts(arguments: Json) -> Json:
    """Return arguments without charts, which the types of @slack/types 3.2 do not know."""
    blocks = arguments.get("blocks")
    if not isinstance(blocks, list):
        return arguments
    return {**arguments, "blocks": [block for block in blocks if block.get("type") != "data_visualization"]}


def _table(block: Json, path: str) -> Iterator[str]:
    rows = block.get("rows", [])
    if not 2 <= len(rows) <= ROWS:
        yield f"must have 2 to {ROWS} rows [json-pointer:{path}/rows]"
    if len({len(row) for row in rows}) > 1:
        yield f"all rows must have as many cells [json-pointer:{path}/rows]"
    if any(not 1 <= len(row) <= COLUMNS for row in rows):
        yield f"must have 1 to {COLUMNS} cells [json-pointer:{path}/rows]"
    if not 1 <= block.get("page_size", 5) <= PAGE:
        yield f"must be 1 to {PAGE} [json-pointer:{path}/page_size]"
    if not block.get("caption"):
        yield f"missing required field: caption [json-pointer:{path}]"
    if any(cell.get("type") == "rich_text" for cell in (rows or [[]])[0]):
        yield f"no rich_text in the header [json-pointer:{path}/rows/0]"
    for cell in (cell for row in rows for cell in row if cell.get("type") != "rich_text"):
        if not cell.get("text"):
            yield f"must be more than 0 characters [json-pointer:{path}/rows]"


def _chart(block: Json, path: str) -> Iterator[str]:
    yield from _words(block.get("title"), TITLE, f"{path}/title")
    chart = block.get("chart") or {}
    if unknown := block.keys() - {"type", "title", "chart", "block_id"}:
        yield f"unknown fields {sorted(unknown)} [json-pointer:{path}]"
    if chart.get("type") == "pie":
        yield from _segments(chart.get("segments") or [], f"{path}/chart/segments")
    elif chart.get("type") in {"bar", "area", "line"}:
        yield from _axes(chart, f"{path}/chart")
    else:
        yield f"must be pie, bar, area or line [json-pointer:{path}/chart/type]"


def _segments(segments: list[Json], path: str) -> Iterator[str]:
    if not 1 <= len(segments) <= SEGMENTS:
        yield f"must have 1 to {SEGMENTS} segments [json-pointer:{path}]"
    for segment in segments:
        yield from _words(segment.get("label"), LABEL, f"{path}/label")
        if not _is_number(segment.get("value")) or segment["value"] <= 0:
            yield f"must be more than 0 [json-pointer:{path}/value]"


def _axes(chart: Json, path: str) -> Iterator[str]:
    axes = chart.get("axis_config") or {}
    categories, series = axes.get("categories") or [], chart.get("series") or []
    if not 1 <= len(categories) <= CATEGORIES or len(set(categories)) < len(categories):
        yield f"must have 1 to {CATEGORIES} categories, each another [json-pointer:{path}/axis_config]"
    if unknown := axes.keys() - {"categories", "x_label", "y_label"}:
        yield f"unknown fields {sorted(unknown)} [json-pointer:{path}/axis_config]"
    for category in categories:
        yield from _words(category, LABEL, f"{path}/axis_config/categories")
    for name in ("x_label", "y_label"):
        yield from _words(axes.get(name, "-"), TITLE, f"{path}/axis_config/{name}")
    names = [one.get("name") for one in series]
    if not 1 <= len(series) <= SERIES or len(set(names)) < len(names):
        yield f"must have 1 to {SERIES} series, each with another name [json-pointer:{path}/series]"
    for one in series:
        yield from _words(one.get("name"), LABEL, f"{path}/series/name")
        points = one.get("data") or []
        if sorted(str(point.get("label")) for point in points) != sorted(map(str, categories)):
            yield f"must have a value for each category [json-pointer:{path}/series/data]"
        if not all(_is_number(point.get("value")) for point in points):
            yield f"must be finite numbers [json-pointer:{path}/series/data]"


def _words(words: Any, most: int, path: str) -> Iterator[str]:
    if not isinstance(words, str) or not 1 <= len(words) <= most:
        yield f"must be 1 to {most} characters [json-pointer:{path}]"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
