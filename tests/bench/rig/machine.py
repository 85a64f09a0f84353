"""The machine a measurement was made on, and how busy others kept it meanwhile."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

import psutil


class Watch:
    """Watches from its making on how much of the processors went to anybody else."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._busy_s, self._own_s = _busy_s(), _own_s()

    def others(self) -> float:
        """Return the share of all processors that others used, from 0 to 1."""
        total_s = (time.monotonic() - self._begun) * (os.cpu_count() or 1)
        busy_s, own_s = _busy_s() - self._busy_s, _own_s() - self._own_s
        return max(0.0, (busy_s - own_s) / total_s)


def described() -> str:
    """Return the machine in a few words."""
    return f"{os.cpu_count()} cores ({_processor()}), {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0) + getattr(times, "steal", 0.0))


def _own_s() -> float:
    """What this process, its children and those that have ended used."""
    process = psutil.Process()
    ended = process.cpu_times()
    alive = [each.cpu_times() for each in process.children(recursive=True)]
    own_s = ended.user + ended.system + ended.children_user + ended.children_system
    return float(own_s + sum(each.user + each.system for each in alive))
