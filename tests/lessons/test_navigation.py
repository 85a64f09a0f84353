"""Order and titles as the files say in which courses list their pages for their sites."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lessons.reading.loaders import Reader
from bot.lessons.reading.navigation import KINDS, navigation
from tests.lessons.courses import skipped, source, write
from tests.lessons.sample import read_course

PAGE = "# A heading of its own\n\nWords.\n"
SUMMARY = """# Summary

[Before](before.md)

# A part

- [First `steps`](z.md)
    - [Deeper](sub/deep.md)
    - [Draft]()
- [Second](a.md)
  - [A part with an anchor](a.md#part)

[After](after.md)
"""
TOC = """format: jb-book
root: before
parts:
  - caption: A part
    chapters:
    - file: z
      title: "First steps"
      sections:
      - file: sub/deep
        title: Deeper
    - file: a.md
      title: Second
"""
MKDOCS = """site_name: x
markdown_extensions:
  - x: !!python/name:material.emoji
nav:
  - First steps: z.md
  - A part:
      - Deeper: sub/deep.md
  - Second: a.md
  - https://elsewhere.test
"""
QUARTO = """book:
  chapters:
    - part: z.md
      chapters:
        - href: sub/deep.md
          text: Deeper
    - a.md
"""
SIDEBARS = """// @ts-check
module.exports = {
  docs: ['before', {type: 'doc', id: 'z', label: 'First steps'},
    {type: 'category', label: 'A part', items: ['sub/deep', 'a']}],
};
"""


def read(folder: Path, name: str, text: str, *, within: str) -> list[tuple[str, tuple[int, ...], str]]:
    pages = ["a", "z", "before", "after", "sub/deep"]
    files = {name: text, **{f"{within}{page}.md": PAGE for page in pages}}
    documents = [document for document, _ in read_course(source(folder, files))]
    return [(document.path.removeprefix(within), document.number, document.title) for document in documents]


OWN = "A heading of its own"


@pytest.mark.parametrize(
    ("name", "text", "within", "pages"),
    [
        (
            "src/SUMMARY.md",
            SUMMARY,
            "src/",
            [("z.md", (1,), "First steps"), ("sub/deep.md", (1, 1), "Deeper"), ("a.md", (2,), "Second")],
        ),
        (
            "_toc.yml",
            TOC,
            "",
            [("z.md", (1, 1), "First steps"), ("sub/deep.md", (1, 1, 1), "Deeper"), ("a.md", (1, 2), "Second")],
        ),
        (
            "mkdocs.yml",
            MKDOCS,
            "docs/",
            [("z.md", (1,), "First steps"), ("sub/deep.md", (2, 1), "Deeper"), ("a.md", (3,), "Second")],
        ),
        ("_quarto.yml", QUARTO, "", [("z.md", (1,), OWN), ("sub/deep.md", (1, 1), "Deeper"), ("a.md", (2,), OWN)]),
        (
            "sidebars.js",
            SIDEBARS,
            "docs/",
            [("before.md", (1,), OWN), ("z.md", (2,), "First steps"), ("sub/deep.md", (3,), OWN), ("a.md", (4,), OWN)],
        ),
    ],
)
def test_pages_have_the_order_and_the_titles_of_the_site(
    tmp_path: Path, name: str, text: str, within: str, pages: list[tuple[str, tuple[int, ...], str]]
) -> None:
    found = [each for each in read(tmp_path, name, text, within=within) if each[1]]

    assert found == pages


def test_a_folder_that_a_build_makes_may_stand_for_another(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "mkdocs.yml": "docs_dir: build/docs\nnav:\n  - Start: start.md\n  - Wax: more/wax.md\n",
        "docs/start.md": "Words.\n",
        "docs/more/wax.md": "Words.\n",
        "book/_bookdown.yml": 'rmd_files: ["z.Rmd", "a.Rmd"]\n',
        "book/a.Rmd": "# A\n\nx\n",
        "book/z.Rmd": "# Z\n\nx\n",
    }
    documents = (document for document, _ in read_course(source(tmp_path, files)))
    found = {document.path: (document.number, document.title) for document in documents}

    assert found == {
        "docs/start.md": ((1,), "Start"),
        "docs/more/wax.md": ((2,), "Wax"),
        "book/z.Rmd": ((1,), "Z"),
        "book/a.Rmd": ((2,), "A"),
    }


def test_a_page_out_of_every_list_has_a_title_all_the_same(tmp_path: Path) -> None:
    found = {path: (number, title) for path, number, title in read(tmp_path, "SUMMARY.md", SUMMARY, within="")}

    assert found["before.md"] == ((), "Before")


def test_front_matter_and_numbers_of_names_come_before_the_site(tmp_path: Path) -> None:
    files = {
        "SUMMARY.md": "- [Listed](07-bees.md)\n- [Also](b.md)\n",
        "07-bees.md": PAGE,
        "b.md": f"---\ntitle: Its own\n---\n{PAGE}",
    }
    documents = {document.path: document for document, _ in read_course(source(tmp_path, files))}

    assert (documents["07-bees.md"].number, documents["07-bees.md"].title) == ((7,), "Listed")
    assert (documents["b.md"].number, documents["b.md"].title) == ((2,), "Its own")


@pytest.mark.parametrize(
    ("files", "numbers"),
    [
        ({"z.md": "sidebar_position: 1", "a.md": "sidebar_position: 2.5"}, {"z.md": (1,), "a.md": (2,)}),
        (
            {"d/z.md": "weight: 10", "d/a.md": "weight: 20", "b.md": "title: B"},
            {"d/z.md": (1,), "d/a.md": (2,), "b.md": ()},
        ),
        ({"z/index.md": "nav_order: 1", "a/index.md": "nav_order: 2"}, {"z/index.md": (1,), "a/index.md": (2,)}),
        ({"z.md": "order: 2", "07-a.md": "order: 1"}, {"z.md": (2,), "07-a.md": (7,)}),
        ({"x/z.md": "weight: 1", "y/a.md": "weight: 1"}, {"x/z.md": (), "y/a.md": ()}),
        ({"z.md": "weight: heavy", "a.md": "order: [1]"}, {"z.md": (), "a.md": ()}),
    ],
)
def test_front_matter_orders_the_pages_of_a_folder(
    tmp_path: Path, files: dict[str, str], numbers: dict[str, tuple[int, ...]]
) -> None:
    pages = {path: f"---\n{front}\n---\n{PAGE}" for path, front in files.items()}

    assert {document.path: document.number for document, _ in read_course(source(tmp_path, pages))} == numbers


def test_a_list_of_pages_is_no_lesson_and_a_summary_within_one_is(tmp_path: Path) -> None:
    files = {"SUMMARY.md": SUMMARY, "mkdocs.yml": MKDOCS, "a.md": PAGE, "03-bees/SUMMARY.md": PAGE}

    assert skipped(tmp_path, files) == {"SUMMARY.md": "not_a_lesson"}


@pytest.mark.parametrize(
    "text", ["", "{", "nav: [", "nav: 3", "- [", "\t", "[" * 5000, "a: &a [*a]", "parts: [[[[1]]]]"]
)
@pytest.mark.parametrize("name", sorted(name for names in KINDS for name in names))
def test_a_file_that_cannot_be_read_lists_nothing(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {name: text, "a.md": PAGE})

    assert [each.file.path for each in Reader(source(tmp_path, {})).candidates if each.file.path != name] == ["a.md"]


@given(st.text(alphabet=st.sampled_from("-[]()ab.md:{}'\"\n \t,#&*!/"), max_size=80))
def test_any_text_can_be_a_navigation(text: str) -> None:
    for names in KINDS:
        for name in names:
            assert isinstance(navigation(name, text), list)
