"""Where the database lies: a setting read as a file or a server, and the file made private before SQLite opens it."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import ConfigurationError

SQLITE_URL = "sqlite:///"
POSTGRES_URLS = ("postgresql://", "postgres://")
INSTALL = "pip install 'lyceum-bot[postgres]'"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def database_file(location: str | Path) -> Path:
    """Read a path (`~` allowed) or a `sqlite:///` URL as an absolute path. Touches no disk.

    Raises:
        ConfigurationError: it is empty, in memory, or the URL of another database.
    """
    text = str(location)
    path = text.removeprefix(SQLITE_URL)
    if not path or ":memory:" in path or "://" in path:
        # Only the scheme is repeated: a database URL may hold a password.
        raise ConfigurationError("error.storage_location", location=text.partition("://")[0])
    return Path(path).expanduser().absolute()


def is_postgres(location: str | Path) -> bool:
    """Whether this is the URL of a database on a Postgres server.

    Raises:
        ConfigurationError: it is, and the extra `postgres` is not installed.
    """
    if not str(location).startswith(POSTGRES_URLS):
        return False
    if find_spec("asyncpg") is None or find_spec("greenlet") is None:
        raise ConfigurationError("error.storage_driver", command=INSTALL)
    return True


def place(location: str | Path) -> str:
    """Return the location as people may read it: of a URL only the server and the database, never user or password."""
    if not str(location).startswith(POSTGRES_URLS):
        return str(location)
    parts = urlsplit(str(location))
    return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"


def create_private(file: Path) -> None:
    """Make the file and its folder where they are missing, readable by the bot's own user alone.

    SQLite gives its journal files the permissions of the database, so this covers them too.

    Raises:
        ConfigurationError: the operating system does not allow it; the sentence says where and why.
    """
    create_folder(file.parent)
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
    except OSError as error:
        raise ConfigurationError("error.storage_create", path=file, reason=error.strerror or "") from error


def create_folder(folder: Path) -> None:
    """Make a folder where it is missing, for the bot's own user alone. Raises as `create_private` does."""
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError("error.storage_create", path=folder, reason=error.strerror or "") from error


def is_empty(file: Path) -> bool:
    """Whether there is nothing in the file, or no file.

    Raises:
        ConfigurationError: the operating system does not let us look.
    """
    try:
        return file.stat().st_size == 0
    except FileNotFoundError:
        return True
    except OSError as error:
        raise ConfigurationError("error.storage_create", path=file, reason=error.strerror or "") from error
