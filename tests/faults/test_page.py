from __future__ import annotations

from tests.faults.page import PAGE
from tests.faults.table import FAULTS, OF_SEVERAL


def test_the_page_has_a_row_for_every_fault_and_platform() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = [
        f"| {fault.name} | {fault.caused} | {platform} |"
        for fault in (*FAULTS, *OF_SEVERAL)
        for platform in fault.where
    ]

    assert [row for row in rows if row not in page] == [], "python -m tests.faults --write"
