"""Settings from the environment and a file, whatever stands there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from random import Random
from unittest.mock import patch

from bot.domain import Notice
from bot.i18n import sentence
from bot.settings import PREFIX, SettingsError, fields, load
from tests.fuzz.mutations import odd_text

NAMES = [name for _, name, _ in fields()]
SECRET = "tell-nobody"
VALUES = ("[", '["a"]', "1,2", f"https://dana:{SECRET}@host", f"postgresql://dana:{SECRET}@db/x", "10m", "discord:1=2")


VALID = (
    (f"{PREFIX}MODEL__CONTEXT_TOKENS", "4096"),
    (f"{PREFIX}OLLAMA__HOSTS", '["gpu.example"]'),
    (f"{PREFIX}ACCESS__ADMINS", "discord:1,slack:U1"),
    (f"{PREFIX}DISCORD__API_URL", "https://proxy.example/api"),
    (f"{PREFIX}RETENTION__WORKSPACES", "slack:T1=30"),
)


def settings(random: Random) -> object:
    """Some variables and lines of a file; what is wrong is said, and no secret with it."""
    environment = dict(random.choice(VALID) for _ in range(random.randrange(4)))
    environment |= {_name(random): _value(random) for _ in range(random.choice((0, 1, 1, 3)))}
    lines = "".join(f"{_name(random)}={odd_text(random)}\n" for _ in range(random.randrange(3)))
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    with patch.dict(os.environ, kept | environment, clear=True), tempfile.TemporaryDirectory() as folder:
        dotenv = Path(folder) / ".env"
        dotenv.write_bytes(lines.encode("utf-8", "surrogatepass"))
        try:
            return load(dotenv)
        except SettingsError as error:
            told = [sentence(Notice(each.key, each.parameters), "he") for each in error.problems]
            if any(SECRET in each for each in told):
                raise AssertionError(f"a secret is shown: {told}") from error
            raise


def _name(random: Random) -> str:
    name = random.choice(NAMES)
    return random.choice((name, name, name, name.lower(), f"{name}__X", PREFIX + "DISCORD", f"{name}_"))


def _value(random: Random) -> str:
    text = random.choice(
        (random.choice(VALUES), odd_text(random), "[" * random.choice((3, 100_000)), odd_text(random) + SECRET * 0)
    )
    return "".join(c for c in text if c != "\0" and not "\ud800" <= c <= "\udfff")[:100_000]
