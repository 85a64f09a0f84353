"""Which file a setting means."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.i18n import text
from bot.storage.database.location import database_file


@pytest.mark.parametrize(
    ("location", "file"),
    [
        ("/var/lib/lyceum.db", Path("/var/lib/lyceum.db")),
        ("sqlite:////var/lib/lyceum.db", Path("/var/lib/lyceum.db")),
        ("sqlite:///data/lyceum.db", Path.cwd() / "data" / "lyceum.db"),
        ("data/lyceum.db", Path.cwd() / "data" / "lyceum.db"),
        ("~/lyceum.db", Path.home() / "lyceum.db"),
        (Path("/with space/and%20percent?.db"), Path("/with space/and%20percent?.db")),
    ],
)
def test_a_path_or_a_url_names_a_file(location: str | Path, file: Path) -> None:
    assert database_file(location) == file


@pytest.mark.parametrize(
    "location",
    ["", "sqlite://", "sqlite:///", "sqlite:///:memory:", ":memory:", "postgresql://lyceum:secret@db/lyceum"],
)
def test_anything_else_is_refused_without_repeating_a_password(location: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        database_file(location)

    assert "secret" not in text(caught.value.key, "en", **caught.value.parameters)
