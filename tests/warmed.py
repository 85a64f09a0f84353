"""What every process of the bot does once, done before it is forked (`tests.forked`).

It reads its sentences and the certificates of authorities, and makes the mappers and the tables of a new database.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import configure_mappers

from bot.i18n import LOCALES, sentences
from bot.llm.ollama import OllamaBackend
from bot.storage.database import migration

for locale in LOCALES:
    sentences(locale)
OllamaBackend(host="127.0.0.1")
configure_mappers()
with TemporaryDirectory() as folder:
    migration.prepare(Path(folder) / "lyceum.db")
