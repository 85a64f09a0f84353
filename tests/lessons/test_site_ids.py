"""Anchors held by those the programs made themselves, of the same odd headings: see `sites/recorded_ids.json`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.lessons.reading.pages import read_markdown
from bot.lessons.reading.site_anchors import anchored, site_headings
from bot.lessons.sites.docusaurus import docusaurus_ids
from bot.lessons.sites.headings import IdRule
from bot.lessons.sites.hugo import goldmark_ids
from bot.lessons.sites.jekyll import github_id, kramdown_ids, plain_id
from bot.lessons.sites.mdbook import mdbook_ids
from bot.lessons.sites.mkdocs import mkdocs_ids, pymdownx_slug, toc_slug
from bot.lessons.sites.quarto import pandoc_ids
from bot.lessons.sites.sphinx import docutils_ids, sphinx_ids

HERE = Path(__file__).parent / "sites"
ODD = (HERE / "odd_headings.md").read_text(encoding="utf-8")
RECORDED = json.loads((HERE / "recorded_ids.json").read_text(encoding="utf-8"))
# How many of the headings get the very id that the program made; the others are left without one.
RULES: dict[str, tuple[IdRule, int]] = {
    "docusaurus": (docusaurus_ids, 71),
    "mkdocs": (mkdocs_ids(toc_slug, names_ids=False), 72),
    "mkdocs_unicode": (mkdocs_ids(lambda text: toc_slug(text, ascii_only=False), names_ids=False), 72),
    "mkdocs_pymdownx": (mkdocs_ids(pymdownx_slug, names_ids=True), 72),
    "mdbook": (mdbook_ids, 61),
    "jekyll": (kramdown_ids(github_id), 70),
    "jekyll_kramdown": (kramdown_ids(plain_id), 74),
    "hugo": (goldmark_ids("github"), 64),
    "hugo_old": (goldmark_ids("github"), 64),
    "hugo_ascii": (goldmark_ids("github-ascii"), 64),
    "hugo_blackfriday": (goldmark_ids("blackfriday"), 66),
    "pandoc": (pandoc_ids, 71),
    "pandoc_old": (pandoc_ids, 71),
    "sphinx": (docutils_ids(is_counted=True), 74),
}


@pytest.mark.parametrize("program", RECORDED)
def test_headings_get_the_ids_their_program_makes_or_none(program: str) -> None:
    rule, same = RULES[program]
    headings = site_headings(ODD)
    made = RECORDED[program]["ids"]

    ours = rule(headings)

    assert len(ours) == len(made)
    wrong = [
        (heading.text, our, real)
        for heading, our, real in zip(headings, ours, made, strict=True)
        if our and our != real
    ]
    assert wrong == []
    assert sum(bool(our) and our == real for our, real in zip(ours, made, strict=True)) >= same


def anchors(text: str, rule: IdRule) -> list[str]:
    page = read_markdown(text, is_translation=False)
    return [section.anchor for section in anchored(page, text, rule).sections]


def test_a_title_leads_to_the_page_itself() -> None:
    assert anchors("# Bees\n\nThey dance.\n\n## Wax\n\nIt melts.\n", pandoc_ids) == ["", "", "wax"]


def test_a_heading_in_a_box_counts_among_repeats_and_gives_its_id_to_no_section() -> None:
    text = "## Wax\n\nOne.\n\n::: note\n\n## Honey\n\nTwo.\n\n:::\n\n## Honey\n\nThree.\n\n## Bees\n\nFour.\n"

    assert anchors(text, docusaurus_ids) == ["", "wax", "", "bees"]


def test_repeats_have_no_anchor_where_other_headings_may_come_from_elsewhere() -> None:
    text = "## Wax\n\nOne.\n\n{{#include other.md}}\n\n## Wax\n\nTwo.\n\n## Bees\n\nThree.\n"

    assert anchors(text, mdbook_ids) == ["", "", "", "bees"]


def test_a_heading_in_code_behind_html_has_no_anchor() -> None:
    text = "# A\n\n## Wax\n\n<div markdown='1'>\nOne.\n</div>\n```markdown\nTwo.\n\n## Code\n```\n\n## Bees\n\nThree.\n"

    assert "code" not in anchors(text, kramdown_ids(github_id))
    assert "wax" in anchors(text, kramdown_ids(github_id))


def test_what_liquid_and_mdx_leave_out_has_no_anchor_and_no_number() -> None:
    liquid = "## Wax\n\nOne.\n\n{% comment %}\n## Wax\n\nLater.\n{% endcomment %}\n\n## Bees\n\nTwo.\n"

    assert anchors(liquid, kramdown_ids(github_id))[-1] == "bees"
    assert "wax-1" not in anchors(liquid, kramdown_ids(github_id))


def test_ids_that_headings_name_win_everywhere_they_count() -> None:
    braces = "# A\n\n## Wax {#soft}\n\nOne.\n\n## Wax\n\nTwo.\n"

    for rule in (docusaurus_ids, mdbook_ids, kramdown_ids(github_id), goldmark_ids("github"), pandoc_ids):
        assert anchors(braces, rule)[2:] == ["soft", "wax"]
    assert anchors("# A\n\n## Wax {/* #soft */}\n\nOne.\n", docusaurus_ids)[2:] == ["soft"]
    assert anchors("# A\n\n## Wax {: #soft }\n\nOne.\n", mkdocs_ids(toc_slug, names_ids=True))[2:] == ["soft"]
    assert anchors("# A\n\n## Wax\n{: #soft}\n\nOne.\n", kramdown_ids(github_id))[2:] == ["soft"]
    assert anchors("# A\n\n(soft_wax)=\n## Wax\n\nOne.\n", docutils_ids(is_counted=True))[2:] == ["soft-wax"]


def test_sphinx_counts_notes_too_so_its_numbers_are_left_open_beside_them() -> None:
    plain = "# A\n\n## שעווה\n\nמילים.\n"

    assert anchors(plain, sphinx_ids(plain))[2:] == ["id1"]
    assert anchors(plain + "[^1]\n\n[^1]: Note.\n", sphinx_ids(plain + "[^1]\n\n[^1]: Note.\n"))[2:] == [""]


def test_quotes_that_myst_makes_a_typographers_leave_no_dash() -> None:
    text = "# A\n\n## It doesn't melt\n\nOne.\n"

    assert anchors(text, sphinx_ids(text))[2:] == ["it-doesn-t-melt"]
    assert anchors(text, sphinx_ids(text, is_smart=True))[2:] == ["it-doesnt-melt"]


def test_ten_thousand_equal_headings_are_numbered_in_a_moment() -> None:
    headings = site_headings("## Wax\n\n" * 10_000)

    for rule in (pandoc_ids, mdbook_ids, docusaurus_ids, mkdocs_ids(toc_slug, names_ids=False)):
        assert rule(headings)[-1][-5:].strip("-_") == "9999"
