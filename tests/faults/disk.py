"""A disk that can be full: a small file system of our own where we may mount one, else a limit on the bot's files."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

SIZE_BYTES = 16 * 2**20
PIECE = bytes(4096)


class Disk(Protocol):
    """Where the bot keeps its database."""

    folder: Path

    def fill(self, pid: int) -> None:
        """Let nothing more be stored by the process."""
        ...

    def empty(self, pid: int) -> None:
        """Make room again."""
        ...


class SmallDisk:
    """See `Disk`: a tmpfs. It is filled by a file, as disks are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, pid: int) -> None:
        """See `Disk.fill`."""
        del pid
        with self._ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(PIECE)
            except OSError:
                return

    def empty(self, pid: int) -> None:
        """See `Disk.empty`."""
        del pid
        self._ballast.unlink(missing_ok=True)


class LimitedFiles:
    """See `Disk`: an ordinary folder; the system lets the process write no file beyond its first byte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._limits = resource.RLIM_INFINITY, resource.RLIM_INFINITY

    def fill(self, pid: int) -> None:
        """See `Disk.fill`."""
        self._limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, self._limits[1]))

    def empty(self, pid: int) -> None:
        """See `Disk.empty`."""
        resource.prlimit(pid, resource.RLIMIT_FSIZE, self._limits)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """Make the disk in a folder that is made for it.

    Raises:
        OSError: neither way is open here, as on another system than Linux.
    """
    if sys.platform != "linux":
        raise OSError("only Linux can limit a process that runs")
    folder.mkdir()
    if not _mounted(folder):
        yield LimitedFiles(folder)
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _mounted(folder: Path) -> bool:
    if os.geteuid() != 0:
        return False
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "tmpfs", str(folder)]
    try:
        return subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
