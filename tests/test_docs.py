from __future__ import annotations

from bot.engine.commands import LISTED
from bot.settings import fields
from tests import docs


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
