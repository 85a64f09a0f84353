"""docs/reference/errors.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.i18n import LOCALES, sentences

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"\| `(error\.\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
HOSTS = [path for kind in ("ollama", "openai") for path in sorted((ROOT / "bot" / "llm").glob(f"{kind}*.py"))]
SOURCES = [ROOT / "bot" / "errors.py", *HOSTS]
FOUND = {key for source in SOURCES for key in re.findall(r'"(error\.\w+)"', source.read_text(encoding="utf-8"))}
# No host says these: one is between two processes of the bot, one between two presses of a button.
RAISED = FOUND - {"error.taken_over", "error.answer_running"}


def test_every_error_of_a_model_host_has_its_row() -> None:
    assert set(ROWS) == RAISED


@pytest.mark.parametrize("key", sorted(ROWS))
def test_a_row_quotes_what_people_read(key: str) -> None:
    assert ROWS[key] == sentences("en")[key]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", sorted(RAISED))
def test_every_error_of_a_model_host_is_said_in_every_language(key: str, locale: str) -> None:
    assert sentences(locale)[key]
