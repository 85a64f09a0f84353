"""What the settings of a course's site call the course."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.lessons.reading.course_titles import course_titles
from tests.lessons.courses import source


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mkdocs.yml", "theme: x\nsite_name: Keeping bees\nplugins: !!python/name:x.y\n"),
        ("mkdocs.yaml", 'site_name: "Keeping bees" # of hives\n'),
        ("_config.yml", "title: 'Keeping bees'\nemail: a@b\n"),
        ("_quarto.yml", "project:\n  type: book\nbook:\n  author: A\n  title: Keeping bees\n"),
        ("_quarto.yml", 'website:\n  title: "Keeping bees"\n'),
        ("myst.yml", "version: 1\nproject:\n  id: x\n  title: Keeping bees\n"),
        ("book.toml", '[book]\nauthors = ["A"]\ntitle = "Keeping bees"\n'),
        ("hugo.toml", 'baseURL = "x"\ntitle = "Keeping bees"\n'),
        ("docusaurus.config.ts", "const config: Config = {\n  title: 'Keeping bees',\n  tagline: 'x',\n"),
        ("docs/conf.py", "import os\nproject = 'Keeping bees'\n"),
    ],
)
def test_a_sites_settings_say_what_the_course_is_called(tmp_path: Path, name: str, content: str) -> None:
    read = source(tmp_path / "repo", {name: content, "01-a.md": "# A\n"})

    assert course_titles(read.files, read.read) == {"repo": "Keeping bees"}


@pytest.mark.parametrize(
    "files",
    [
        {"01-a.md": "title: x\n"},
        {"mkdocs.yml": "nav: []\n"},
        {"mkdocs.yml": b"\xff\xfe\x00"},
        {"book.toml": "[book\n"},
        {"_config.yml": f"title: {'x' * 200}\n"},
        {"docusaurus.config.js": "title: process.env.TITLE\n"},
    ],
)
def test_settings_that_say_nothing_give_no_title(tmp_path: Path, files: Mapping[str, str | bytes]) -> None:
    read = source(tmp_path / "repo", files)

    assert course_titles(read.files, read.read) == {}


def test_the_uppermost_settings_count(tmp_path: Path) -> None:
    read = source(tmp_path / "repo", {"a/mkdocs.yml": "site_name: Below\n", "mkdocs.yml": "site_name: Above\n"})

    assert course_titles(read.files, read.read) == {"repo": "Above"}
