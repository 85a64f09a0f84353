from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.reading.html_markdown import markdown_of, title_of
from bot.lessons.reading.pages import read_markdown


def said(text: str) -> str:
    page = read_markdown(f"# A\n\n{text}\n", is_translation=False)
    return "\n\n".join(block.text for section in page.sections for block in section.blocks)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<table><tr><td>Zorg</td><td>17</td></tr></table>", "| Zorg | 17 |\n|---|---|"),
        ("<table>\n  <tr><th>Moon\n  <th>Of\n  <tr><td>Io<td>\n</table>", "| Moon | Of |\n|---|---|\n| Io |  |"),
        ("<p>a.</p><p>b</p>", "a.\n\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol>\n<li>one\n<li>two <b>three</b></ol>", "1. one\n2. two **three**"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("<dl><dt>x</dt><dd>y</dd><dt>z</dt><dd>w</dd></dl>", "x: y\n\nz: w"),
        ("one<br>two", "one\ntwo"),
        ("one<br/>\ntwo", "one\ntwo"),
        ("| a | b |\n|---|---|\n| 1<br>2 | 3 |", "| a | b |\n|---|---|\n| 1 2 | 3 |"),
        ("<div>\n<placeholder>\n</div>", "<placeholder>"),
        ("<p>AT&amp;T</p>", "AT&T"),
        ("<p>&lt;tag&gt; &amp; 3 &lt; 4&nbsp;&#9989; &amp;amp; &bogus;</p>", "\\<tag> & 3 < 4 ✅ &amp; &bogus;"),
    ],
)
def test_cells_items_and_paragraphs_of_html_stay_apart(text: str, words: str) -> None:
    assert said(text) == words


def test_a_whole_page_is_read_for_its_words() -> None:
    page = (
        "<!doctype html><html><head><title>The moons</title><style>p{}</style></head><body>"
        "<nav><a href='/'>Home</a></nav><h1>Moons</h1><p>Press <code>a*b</code> for &lt;moon&gt; &amp; 2*3*4."
        "<pre><b>x</b> = 1\n  y</pre></body></html>"
    )

    assert title_of(page) == "The moons"
    assert markdown_of(page, is_page=True) == (
        "# Moons\n\nPress `a*b` for \\<moon> & 2\\*3\\*4.\n\n```\nx = 1\n  y\n```"
    )


@given(st.text(alphabet=st.sampled_from("<>/ab\n &;tdrulpi=\"'!-"), max_size=80))
def test_any_html_can_be_read(text: str) -> None:
    assert isinstance(markdown_of(text), str)
    assert isinstance(markdown_of(text, is_page=True), str)
