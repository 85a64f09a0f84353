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


def test_items_rows_and_blocks_of_code_stand_by_themselves() -> None:
    passage = "- one\n  goes on\n- two\n\n| a | b |\n|---|---|\n| c | d |\n\n```py\nx = 1\n```"

    assert [(unit.kind, unit.text) for unit in units(passage)] == [
        (UnitKind.ITEM, "- one goes on"),
        (UnitKind.ITEM, "- two"),
        (UnitKind.ROW, "a | b"),
        (UnitKind.ROW, "c | d"),
        (UnitKind.CODE, "```py\nx = 1\n```"),
    ]


def test_links_images_and_tags_leave_their_words() -> None:
    assert texts("See ![owl](owl.png) [the **owl**](https://owl.example)<br>at night.") == ["See the **owl** at night."]


@pytest.mark.parametrize(
    "said",
    [
        "To switch, type `git checkout <branch>` and press Enter.",
        "A `List<String>` holds words, and so does List<String>.",
        "A paragraph begins with the `<p>` element.",
        "Write ``linenums='<start>'`` or `a[0](x)`.",
        "Press <Enter>, and 1 < 2 > 0.",
    ],
)
def test_what_a_lesson_says_between_angle_brackets_is_kept(said: str) -> None:
    assert texts(said) == [said]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("AT&amp;T writes &lt;tag&gt;&nbsp;here.", "AT&T writes <tag> here."),
        ("Sea&#32;&mdash; wide, `&amp;` in code.", "Sea — wide, `&amp;` in code."),
        ("Three &#42;stars&#42;.", r"Three \*stars\*."),
        ("A<br/>B <Tabs groupId='os'>c</Tabs> <Card/>.", "A B c ."),
        ("See [the `<p>` tag](https://p.example).", "See the `<p>` tag."),
    ],
)
def test_entities_are_what_they_stand_for_and_tags_are_left_out(written: str, said: str) -> None:
    assert texts(written) == [said]


@pytest.mark.parametrize(
    ("passage", "block"),
    [
        (
            "- Add:\n\n  ```yaml\n  theme:\n    features:\n      - instant\n  ```",
            "```yaml\ntheme:\n  features:\n    - instant\n```",
        ),
        ("> ```\n> a = 1\n>   b\n> ```", "```\na = 1\n  b\n```"),
        ("~~~~py title='x'\n~~~\nx\n~~~~", "~~~~py\n~~~\nx\n~~~~"),
        ("```\nnever closed", "```\nnever closed\n```"),
    ],
)
def test_code_is_whole_and_in_its_fence(passage: str, block: str) -> None:
    assert [unit.text for unit in units(passage) if unit.kind is UnitKind.CODE] == [block]


def test_long_code_is_no_unit() -> None:
    assert texts("```\n" + "x = 1\n" * 16 + "```") == []


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
