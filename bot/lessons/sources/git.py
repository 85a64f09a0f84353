"""The git executable: never asks for a password, runs no hook, ends in time. Knows nothing of lessons."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import UserError

# Nobody can answer a question here, and an address must not run a program (`ext::`).
ENVIRONMENT: Mapping[str, str] = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "SSH_ASKPASS": "true",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=15",
    "GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "LC_ALL": "C",
}
# A host that sends less than 1,000 bytes a second for half a minute has stopped.
OPTIONS = (
    "core.hooksPath=/dev/null", "core.autocrlf=false", "core.fsmonitor=false", "core.quotePath=false",
    "http.lowSpeedLimit=1000", "http.lowSpeedTime=30", "advice.detachedHead=false", "gc.auto=0",
)  # fmt: skip
SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!/)([\w./~-]+)")
SCHEMES = frozenset({"https", "http", "ssh", "git", "file"})
# Enough for git's last words; the rest of what it says is dropped.
MOST_SAID = 2000


class GitFailed(Exception):
    """Git ended with a code other than 0; `said` are its last words, without secrets."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


async def git(*arguments: str, cwd: Path, timeout_s: float) -> bytes:
    """Run git in a folder and return what it wrote.

    Raises:
        UserError: there is no git.
        GitFailed: it failed, or did not end in time.
    """
    options = [part for option in OPTIONS for part in ("-c", option)]
    try:
        process = await asyncio.create_subprocess_exec(
            *("git", *options, *arguments),
            cwd=cwd,
            env={**_own_environment(), **ENVIRONMENT},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise UserError("error.lessons_no_git") from error
    try:
        async with asyncio.timeout(timeout_s):
            out, said = await process.communicate()
    except TimeoutError as error:
        raise GitFailed(f"no end after {timeout_s:.0f} s") from error
    finally:
        await _ended(process)
    if process.returncode:
        raise GitFailed(_last_words(said))
    return out


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End git and the helpers it started, where they still run."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _own_environment() -> dict[str, str]:
    """Return the environment without what binds git to another repository (we may run within a hook)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in ENVIRONMENT}


def _last_words(said: bytes) -> str:
    lines = [line for line in said[-MOST_SAID:].decode("utf-8", "replace").splitlines() if line.strip()]
    return without_secrets(lines[-1]) if lines else "?"


def without_secrets(text: str) -> str:
    """Return text without the names and passwords in its addresses."""
    return re.sub(r"(\w+://)[^/\s@]+@", r"\1", text)


def keepable(address: str) -> str:
    """Return an address as it may be stored: without a password, and over the web without a name beside it."""
    kept = re.sub(r"(\w+://[^/\s@:]*):[^/\s@]*@", r"\1@", address)
    return without_secrets(kept) if kept.lower().startswith(("http://", "https://")) else kept


def is_address(source: str) -> bool:
    """Whether people mean a repository elsewhere, not a path."""
    scheme, colon, _ = source.partition(":")
    return (bool(colon) and scheme.lower() in SCHEMES) or SCP.fullmatch(source) is not None


def shown_address(address: str) -> str:
    """Return a repository's address as it is named: no secrets, no `.git`, no slash at the end."""
    return without_secrets(address).rstrip("/").removesuffix(".git")


def repository_name(address: str) -> str:
    """Return the last part of an address: what people call the repository."""
    return re.split(r"[/:]", shown_address(address))[-1]


def web_address(address: str, commit: str) -> str:
    """Return where the files of a commit can be read, "" for a host whose pages are not known."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    scp = SCP.fullmatch(address) if not parts.scheme else None
    host, path = (scp[1], scp[2]) if scp else (parts.hostname or "", parts.path)
    path = path.strip("/").removesuffix(".git")
    blob = {"github.com": "blob", "gitlab.com": "-/blob"}.get(host.lower().removeprefix("www."), "")
    return f"https://{host.lower().removeprefix('www.')}/{path}/{blob}/{commit}" if blob and path else ""
