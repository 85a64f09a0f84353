from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.sites.slugs import Slugs, slug

HEADINGS = st.text(alphabet=st.sampled_from("aA1-_ .!#'🚀\ufe0fאבג-éПр学\u00a0\u200d"), max_size=12)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Getting Started", "getting-started"),
        ("What is it? (really)", "what-is-it-really"),
        ("🚀 Challenge", "-challenge"),
        ("🗃\ufe0f Contents", "\ufe0f-contents"),
        ("מה זה עוגן?", "מה-זה-עוגן"),
        ("שיחה ו-RAG — סקירה", "שיחה-ו-rag--סקירה"),
        ("snake_case & kebab-case", "snake_case--kebab-case"),
        ("第一章：开始", "第一章开始"),
        ("non\u00a0breaking", "nonbreaking"),
        ("½ and Ⅷ and 9", "-and-ⅷ-and-9"),
        ("हिन्दी में", "हिन्दी-में"),
    ],
)
def test_an_anchor_is_the_one_github_makes(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


def test_repeated_headings_are_numbered() -> None:
    slugs = Slugs()

    assert [slugs(heading) for heading in ("Steps", "Steps", "steps")] == ["steps", "steps-1", "steps-2"]


def test_a_number_that_a_heading_has_by_itself_is_not_given_again() -> None:
    slugs = Slugs()

    assert [slugs(heading) for heading in ("Steps 1", "Steps", "Steps")] == ["steps-1", "steps", "steps-2"]


@given(st.lists(HEADINGS, max_size=20))
def test_no_two_headings_of_a_page_share_an_anchor(headings: list[str]) -> None:
    slugs = Slugs()
    anchors = [slugs(heading) for heading in headings]

    assert len(set(anchors)) == len(anchors)


@given(st.text(max_size=30))
def test_an_anchor_has_no_space_and_no_capital(heading: str) -> None:
    anchor = slug(heading)

    assert " " not in anchor
    assert not any("A" <= letter <= "Z" for letter in anchor)
