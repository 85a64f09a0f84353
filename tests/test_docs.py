from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.engine.commands import LISTED
from bot.settings import fields
from tests import doc_links, docs

# Files the pages name already and that are not there yet. A test fails as long as this names one that is.
COMING: set[str] = set()


def test_the_documents_made_from_code_are_current() -> None:
    assert docs.stale() == [], "python -m tests.docs --write"


def test_every_setting_is_in_the_reference() -> None:
    page = docs.settings_page()

    assert [name for _, name, _ in fields() if f"| `{name}` |" not in page] == []


def test_every_command_is_in_the_table() -> None:
    assert docs.command_table().count("\n") == len(LISTED) + 2


def test_the_readme_is_a_short_beginning_that_leads_on() -> None:
    readme = (docs.ROOT / "README.md").read_text(encoding="utf-8").splitlines()

    assert len(readme) <= 90
    assert [line.partition("](")[2].partition(")")[0] for line in readme[-3:]] == [
        "docs/tutorial.md",
        "docs/index.md",
        "CONTRIBUTING.md",
    ]


@pytest.mark.parametrize("page", doc_links.pages(), ids=lambda page: str(page.relative_to(docs.ROOT)))
def test_a_page_names_only_what_is_there(page: Path) -> None:
    assert [name for name in doc_links.broken(page) if name not in COMING] == []


@pytest.mark.parametrize(
    ("said", "there_are"),
    [
        (r"make ([a-z-]+)", set(re.findall(r"^([a-z-]+):", (docs.ROOT / "Makefile").read_text(), re.MULTILINE))),
        (r"lyceum ([a-z]+)", set(docs.subcommands())),
        (r"(LYCEUM_[A-Z_]+)", {name for _, name, _ in fields()} | {"LYCEUM_TEST_OLLAMA"}),
    ],
    ids=["make", "lyceum", "settings"],
)
def test_what_people_are_told_to_type_is_there(said: str, there_are: set[str]) -> None:
    told = [(page.name, typed) for page in doc_links.pages() for typed in doc_links.typed(page)]
    named = [(page, found[1]) for page, typed in told if (found := re.match(said, typed))]

    assert [each for each in named if each[1] not in there_are] == []
    assert named


def test_what_is_on_its_way_is_not_there_yet() -> None:
    assert [name for name in COMING if (docs.ROOT / name).exists()] == []


def test_every_page_is_found_from_the_index() -> None:
    """The index names each page, but for the decisions, which have a folder of their own."""
    index = docs.ROOT / "docs/index.md"
    written = {page for page in index.parent.rglob("*.md") if page.parent.name != "decisions"}

    assert written - doc_links.linked(index) == {index}


@pytest.mark.parametrize(
    "wrong",
    [
        "[gone](gone.md)",
        "[no such heading](page.md#what-is-not-there)",
        "[only once](page.md#a-heading-2)",
        "[out of the project](../page.md)",
        "![a picture](gone.png)",
        "`bot/gone.py`",
        "`docs/*.txt`",
        "[by reference][gone]\n\n[gone]: docs/gone.md",
    ],
)
def test_what_leads_nowhere_is_told(wrong: str, tmp_path: Path) -> None:
    page = small_project(tmp_path, wrong)

    assert len(doc_links.broken(page, tmp_path)) == 1


@pytest.mark.parametrize(
    "right",
    [
        "[itself](#a-heading), [again](page.md#a-heading-1), [`code` and all](#מה-code_does)",
        "[a folder](docs/), [a name with spaces](docs/two%20words.md), [elsewhere](https://example.org/gone)",
        "`bot/there.py`, `docs/`, `docs/*.md`, `bot/<name>.py`, `a/b.py`\n\n```\n[gone](gone.md) `bot/gone.py`\n```",
    ],
)
def test_what_leads_somewhere_is_left_alone(right: str, tmp_path: Path) -> None:
    page = small_project(tmp_path, right)

    assert doc_links.broken(page, tmp_path) == []


def small_project(root: Path, text: str) -> Path:
    """Write a project of a page with this text and two files, and return the page."""
    for name in ("bot/there.py", "docs/two words.md"):
        (root / name).parent.mkdir()
        (root / name).touch()
    page = root / "page.md"
    page.write_text(f"# A heading\n\n## A heading\n\n## מה `code_does`?\n\n{text}\n", encoding="utf-8")
    return page
