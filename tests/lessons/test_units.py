from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.answers.units import UnitKind, units


def texts(passage: str) -> list[str]:
    return [unit.text for unit in units(passage)]


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Owls see. They hear better.", ["Owls see.", "They hear better."]),
        ("Owls see.\nThey hear\nbetter.", ["Owls see.", "They hear better."]),
        ("הינשוף רואה. הוא שומע!", ["הינשוף רואה.", "הוא שומע!"]),
        ("هل ترى؟ نعم.", ["هل ترى؟", "نعم."]),
        ("梟は見る。聞く。", ["梟は見る。", "聞く。"]),
        ("It has 4.5 kg.", ["It has 4.5 kg."]),
    ],
)
def test_a_paragraph_is_cut_at_the_ends_of_its_sentences(passage: str, expected: list[str]) -> None:
    assert texts(passage) == expected


def test_items_rows_and_lines_of_code_stand_by_themselves() -> None:
    passage = "- one\n  goes on\n- two\n\n| a | b |\n|---|---|\n| c | d |\n\n```py\nx = 1\n```"

    assert [(unit.kind, unit.text) for unit in units(passage)] == [
        (UnitKind.ITEM, "- one goes on"),
        (UnitKind.ITEM, "- two"),
        (UnitKind.ROW, "a | b"),
        (UnitKind.ROW, "c | d"),
        (UnitKind.CODE, "x = 1"),
    ]


def test_links_images_and_tags_leave_their_words() -> None:
    assert texts("See ![owl](owl.png) [the **owl**](https://owl.example)<br>at night.") == ["See the **owl** at night."]


def test_headings_rules_and_empty_lines_are_no_units() -> None:
    assert texts("## Owls\n\n---\n\n![owl](owl.png)\n") == []


@pytest.mark.parametrize(
    ("item", "lead"),
    [
        ("- **Customisable**: " + "you can tune it " * 10, "- **Customisable** …"),
        ("- Customisable tools: " + "you can tune them " * 10, "- Customisable tools …"),
        ("- short", "- short"),
    ],
)
def test_the_lead_of_a_long_item_is_its_subject(item: str, lead: str) -> None:
    assert units(item)[0].lead == lead.strip()


@given(st.text(max_size=300))
def test_no_text_is_too_strange(passage: str) -> None:
    assert all(unit.text.strip() and len(unit.lead) <= len(unit.text) + 2 for unit in units(passage))
