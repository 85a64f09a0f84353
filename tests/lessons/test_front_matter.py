from __future__ import annotations

from pathlib import Path

import pytest

from bot.lessons.reading.front_matter import NONE, front_matter
from bot.lessons.reading.pages import read_markdown
from tests.lessons.courses import loaded

WORDS = "Some words that say something.\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"---\ntitle: Data Wrangling\n---\n{WORDS}", "Data Wrangling"),
        (f"\n---\n'title': 'Ann''s bees'\n---\n{WORDS}", "Ann's bees"),
        (f'---\n"page.kind": x\ntitle: "Bees: a \\"start\\"" # for now\n...\n{WORDS}', 'Bees: a "start"'),
        (f"---\ntitle: >-\n  Nested\n  words\nauthor: x\n---\n{WORDS}", "Nested words"),
        (f"---\n\n# a comment\ntitle: Bees\nparts:\n- name: one\n---\n{WORDS}", "Bees"),
        (f"---\nlayout: {{{{ page.layout }}}}\n\ttitle: Wax\ntitle: Bees\n---\n{WORDS}", "Bees"),
        (f"---\ntitle: no\nlang: no\n---\n{WORDS}", "no"),
        (f'+++\ntitle = "Bees" # and wax\n[extra]\na = 1\n+++\n{WORDS}', "Bees"),
        (f"+++\ntitle = 'It is \"so\"'\ndate = 2024-01-01\n+++\n\n{WORDS}", 'It is "so"'),
        (f'{{\n  "title": "Bees",\n  "weight": 3\n}}\n\n{WORDS}', "Bees"),
        (f'{{"title": "Wax"}}\n{WORDS}', "Wax"),
        (f"---\ndescription: x\nsidebar_label: Short\n---\n{WORDS}", "Short"),
    ],
)
def test_front_matter_tells_the_title_and_is_no_text(text: str, title: str) -> None:
    page = read_markdown(text, is_translation=False)

    assert page.told_title == title
    assert [block.text for section in page.sections for block in section.blocks] == [WORDS.strip()]
    assert [section.path for section in page.sections] == [()]


@pytest.mark.parametrize(
    ("text", "language"),
    [("---\nlang: fi\n---\n", "fi"), ("---\nlang: no\n---\n", "no"), ('+++\nlanguage = "pt_BR"\n+++\n', "pt-BR")],
)
def test_front_matter_tells_the_language(text: str, language: str) -> None:
    assert front_matter(text).language == language


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nWords.\n\n---\n\nMore.\n",
        "---\nNote that bees: sting.\n---\n",
        "---\n- one\n- two\n---\n",
        "---\nnever: closed\n",
        "+++\nno toml\n+++\n",
        "{braces} in a sentence\n",
        '{"a": 1} is an object.\n',
        "---\n" + "[" * 3000 + "\n---\n",
        "",
    ],
)
def test_what_is_prose_is_no_front_matter(text: str) -> None:
    assert front_matter(text) == NONE


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: Data Wrangling\n---\ntext\n\n# Exercises\n\n1. x\n", "Data Wrangling"),
        ("+++\ntitle = 'Security'\n+++\n# Entropy\n\ntext\n\n# Hashes\n\ntext\n", "Security"),
        ("## Variables and Mutability\n\nText.\n\n## More\n\nText.\n", "Variables and Mutability"),
        ("### `let` and *mut*\n\nText.\n", "let and mut"),
        ("[![PRs Welcome](https://img.shields.io/badge/x.svg)](x)\n\nText.\n\n## Part\n\nText.\n", "bees"),
        ("[![CI](https://a.test/badge.svg)](x)\n\n## Bees and wax\n\nText.\n", "Bees and wax"),
        ("# Teleport {#teleport}\n\nText.\n", "Teleport"),
        ("# Introduction[[introduction]]\n\nText.\n", "Introduction"),
        ("# Sets {.unnumbered #sets}\n\nText.\n", "Sets"),
        ("![Open hives](banner.png)\n\n## Introduction\n\nText.\n", "Open hives"),
        ("[![מודלים פתוחים](banner.png)](https://a.test/)\n\n## הקדמה\n\nמילים.\n", "מודלים פתוחים"),
        ("## Introduction\n\nText.\n", "bees"),
        ("Text.\n\n## Part\n\ntext\n\n![Star History Chart](x.svg)\n", "bees"),
    ],
)
def test_a_title_is_what_the_course_calls_the_lesson(tmp_path: Path, text: str, title: str) -> None:
    ((document, _),) = loaded(tmp_path, {"03-bees/README.md": text}).values()

    assert document.title == title


def test_a_heading_with_a_name_of_its_own_keeps_the_anchor_of_github() -> None:
    section = read_markdown("## Teleport {#teleport}\n\nText.\n", is_translation=False).sections[1]

    assert (section.path, section.anchor) == (("Teleport",), "teleport-teleport")
