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


def test_the_readme_keeps_its_words_around_the_table() -> None:
    readme = docs.with_table(f"before\n{docs.MARKS[0]}old\n{docs.MARKS[1]}after\n")

    assert readme == f"before\n{docs.MARKS[0]}{docs.command_table()}{docs.MARKS[1]}after\n"
