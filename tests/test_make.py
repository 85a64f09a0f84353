"""The Makefile's own words; nothing here installs or measures."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.cli_process import ROOT

BENCHES = sorted(
    file.stem for file in (ROOT / "tests/bench").glob("*.py") if not file.stem.startswith(("test_", "__init__"))
)


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make where everything it needs is installed, and whatever a make around us was told."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "ARGS"}
    command = ["make", "--old-file=.venv/.dev", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("name", BENCHES)
def test_one_measurement_is_run_by_its_name(name: str) -> None:
    assert f"for name in {name}; do" in make("--dry-run", "bench", f"ONLY={name}").stdout


def test_without_a_name_every_measurement_is_run() -> None:
    assert f"for name in {' '.join(BENCHES)}; do" in make("--dry-run", "bench").stdout


def test_a_measurement_there_is_not_is_answered_with_those_there_are() -> None:
    done = make("bench", "ONLY=velocity")

    assert done.returncode
    assert f"There is no measurement called velocity. There are: {', '.join(BENCHES)}." in done.stderr
