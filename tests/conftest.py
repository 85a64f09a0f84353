"""What holds for every test: which ones are slow, and in which order they run.

`make test` runs the suite on several workers at once, each file on one (pytest-xdist). The slow files begin first, the
longest at the head, so that no worker is left alone with one at the end; `make test-fast` leaves them out.
"""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import HealthCheck, settings

SLOW = (
    "tests/evaluation/",
    "tests/e2e/test_canaries.py",
    "tests/bench/",
    "tests/e2e/",
    "tests/chaos/",
    "tests/faults/",
    "tests/test_lesson_cli.py",
    "tests/adapters/test_console.py",
    "tests/test_cli.py",
    "tests/doctor/",
    "tests/llm/test_embedded.py",
    "tests/llm/test_embedded_process.py",
    "tests/adapters/test_console_in_a_terminal.py",
    "tests/adapters/test_console_terminal.py",
    "tests/contracts/test_streaming.py",
    "tests/adapters/test_console_answers.py",
    "tests/adapters/test_pace.py",
    "tests/test_app.py",
    "tests/lessons/test_command.py",
    "tests/lessons/test_real_courses.py",
    "tests/adapters/test_rendering_properties.py",
    "tests/storage/test_postgres.py",
    "tests/storage/test_postgres_schema.py",
    "tests/storage/test_postgres_shared.py",
    "tests/storage/test_scrubbing.py",
    "tests/storage/test_database.py",
    "tests/test_fences.py",
    "tests/storage/test_stores_stay_alike.py",
    "tests/test_opinions.py",
    "tests/test_forked.py",
)
"""What starts processes, loads the embedded model, waits real seconds or tries thousands of texts; longest first."""

SLOW_KINDS = ("embedded", "llama_server", "postgres")
"""Parameters that need such a thing: of a test that runs over several implementations, these are the slow ones."""

WORKERS_BESIDE_CORES = 1
"""Some of the suite's seconds are waited for: for a socket, for a process, for the end of a lease."""

# Without written bytecode every worker, and every process a test starts, compiles its modules anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes says how busy the machine is; neighbours must not decide whether a test passes, and neither
# must chance: the same examples are tried each time. `--hypothesis-profile=search` tries others, at length.
IN_ANY_CASE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("beside other work", IN_ANY_CASE, derandomize=True)
settings.register_profile("search", IN_ANY_CASE, max_examples=1_000)
settings.load_profile("beside other work")


@pytest.hookimpl(optionalhook=True)  # there may be no pytest-xdist
def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers `-n auto` means."""
    return (os.cpu_count() or 1) + WORKERS_BESIDE_CORES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests, and put them first."""
    for item in items:
        if is_slow(item):
            item.add_marker(pytest.mark.slow)
    items.sort(key=place)


def is_slow(item: pytest.Item) -> bool:
    """Whether a test is left out of `make test-fast`."""
    called = getattr(item, "callspec", None)
    kinds = called.params.values() if called else ()
    return place(item) < len(SLOW) or any(kind in SLOW_KINDS for kind in kinds if isinstance(kind, str))


def place(item: pytest.Item) -> int:
    """Return the number of a test's line in `SLOW`, which ends before the others."""
    return next((number for number, prefix in enumerate(SLOW) if item.nodeid.startswith(prefix)), len(SLOW))
