from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.reading.asciidoc import asciidoc_markdown
from bot.lessons.reading.formats import read_asciidoc
from tests.lessons.courses import loaded


def said(text: str) -> str:
    page = read_asciidoc(f"= A\n\n{text}\n", is_translation=False)
    return "\n\n".join(block.text for section in page.sections for block in section.blocks)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bees *dance* all _day_ in `a*b*c`.", "Bees **dance** all *day* in `a*b*c`."),
        ("[source,python]\n----\nx = 1 # <1>\n----\n<1> It is one.", "````python\nx = 1\n````\n\n<1> It is one."),
        ("....\nplain\n....", "````\nplain\n````"),
        ("* a\n** b\n* c", "- a\n   - b\n- c"),
        (". a\n. b", "1. a\n1. b"),
        ("[NOTE]\n====\nWords.\n====", "Words."),
        ("NOTE: Words.", "NOTE: Words."),
        (".The hive\n[cols=2]\n|===\n|Bee |Wax\n\n|1 |2\n|===", "**The hive**\n\n| Bee | Wax |\n|---|---|\n| 1 | 2 |"),
        ("Bee:: It flies.", "Bee: It flies."),
        ("See https://a.test/b[the page] and <<x,there>>.", "See [the page](https://a.test/b) and there."),
        (":name: wax\n\nOf {name} and {other}.", "Of wax and {other}."),
        (
            "image::a.png[A bee,200]\n\n// a note\n\n////\nnever\n////\n\ninclude::gone.adoc[]\n\nWords.",
            "A bee\n\nWords.",
        ),
        ("[[here]]\n[.lead]\nWords.", "Words."),
    ],
)
def test_asciidoc_is_read_for_what_it_says(text: str, words: str) -> None:
    assert said(text) == words


@pytest.mark.parametrize("suffix", ["adoc", "asciidoc", "asc"])
def test_its_headings_are_sections(tmp_path: Path, suffix: str) -> None:
    text = "= Of bees\nAnn <ann@school.test>\n:toc:\n\nOne.\n\n== Wax\n\nTwo.\n"
    ((document, chunks),) = loaded(tmp_path, {f"03-bees.{suffix}": text}).values()

    assert (document.title, document.number) == ("Of bees", (3,))
    assert [chunk.heading for chunk in chunks] == ["Of bees", "Wax"]


@given(st.text(alphabet=st.sampled_from("=*._-|[]{}<>:/+`ab\n ,"), max_size=100))
def test_any_text_can_be_read_as_asciidoc(text: str) -> None:
    assert isinstance(asciidoc_markdown(text), str)
