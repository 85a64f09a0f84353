"""The lab's Slack takes tables and charts within the documented limits, and no others."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.lab.slack.errors import Refused
from tests.lab.slack.limits import check_message_blocks

TABLE: dict[str, Any] = {
    "type": "data_table",
    "caption": "Models",
    "rows": [
        [{"type": "raw_text", "text": "Model"}, {"type": "raw_text", "text": "Points"}],
        [{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": 3, "text": "+3"}],
    ],
}
CHART: dict[str, Any] = {
    "type": "data_visualization",
    "title": "Models",
    "chart": {
        "type": "bar",
        "series": [{"name": "Points", "data": [{"label": "a", "value": 3}, {"label": "b", "value": -1.5}]}],
        "axis_config": {"categories": ["a", "b"], "y_label": "Points"},
    },
}
PIE = {**CHART, "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]}}


def put(block: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a block that has another value at the end of a dotted path."""
    changed = deepcopy(block)
    *way, last = path.split(".")
    at: Any = changed
    for step in way:
        at = at[int(step)] if step.isdigit() else at[step]
    at[last] = value
    return changed


def test_a_table_and_two_charts_are_taken() -> None:
    check_message_blocks([TABLE, CHART, PIE])


@pytest.mark.parametrize(
    "block",
    [
        put(TABLE, "rows", TABLE["rows"][:1]),
        put(TABLE, "rows", TABLE["rows"] * 60),
        put(TABLE, "rows", [row[:1] if number else row for number, row in enumerate(TABLE["rows"])]),
        put(TABLE, "rows", [row * 11 for row in TABLE["rows"]]),
        put(TABLE, "page_size", 0),
        put(TABLE, "caption", ""),
        put(TABLE, "rows", [[{"type": "rich_text"}] * 2, TABLE["rows"][1]]),
        put(TABLE, "rows", [TABLE["rows"][0], [{"type": "raw_text", "text": ""}] * 2]),
        put(TABLE, "rows", [TABLE["rows"][0], [{"type": "raw_text", "text": "x" * 5_001}] * 2]),
        put(CHART, "title", "x" * 51),
        put(CHART, "color", "red"),
        put(CHART, "chart.type", "scatter"),
        put(CHART, "chart.series", CHART["chart"]["series"] * 13),
        put(CHART, "chart.series", CHART["chart"]["series"] * 2),
        put(CHART, "chart.series", []),
        put(CHART, "chart.axis_config.categories", ["a"]),
        put(CHART, "chart.axis_config.categories", ["a", "a"]),
        put(CHART, "chart.axis_config.categories", ["a", "b" * 21]),
        put(CHART, "chart.axis_config.x_label", "x" * 51),
        put(CHART, "chart.axis_config.title", "x"),
        put(CHART, "chart.series.0.data", [{"label": "a", "value": 1}, {"label": "b", "value": float("inf")}]),
        put(PIE, "chart.segments", [{"label": "a", "value": 0}]),
        put(PIE, "chart.segments", []),
    ],
)
def test_what_breaks_a_limit_is_refused(block: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        check_message_blocks([block])

    assert refused.value.error == "invalid_blocks"


def test_a_third_chart_is_refused() -> None:
    with pytest.raises(Refused):
        check_message_blocks([CHART, PIE, PIE])
