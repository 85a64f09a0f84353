"""What holds for every test: which ones are slow, and in which order they run.

`make test` runs the suite on several workers at once, each file on one (pytest-xdist). What takes longest begins first,
so that no worker is left alone with it at the end; `make test-fast` leaves the slow ones out.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

SLOW = (
    "tests/adapters/test_odd_answers.py",
    "tests/e2e/test_canaries.py",
    "tests/faults/",
    "tests/evaluation/",
    "tests/bench/",
    "tests/adapters/test_slack_codes.py",
    "tests/adapters/test_discord_codes.py",
    "tests/adapters/test_pace.py",
    "tests/chaos/",
    "tests/doctor/",
    "tests/deploy/",
    "tests/documents/",
    "tests/e2e/",
    "tests/adapters/test_hostile_texts.py",
    "tests/test_lesson_cli.py",
    "tests/lessons/test_refreshing_process.py",
    "tests/lessons/test_replacing.py",
    "tests/adapters/test_console.py",
    "tests/reasoning/test_dialects.py::test_a_text_costs_as_much_as_it_is_long",
    "tests/reasoning/test_dialects.py::test_it_does_not_matter_where_a_text_with_marks_is_cut",
    "tests/adapters/test_console_terminal.py",
    "tests/engine/test_cuts.py",
    "tests/llm/test_embedded.py",
    "tests/test_private_files.py",
    "tests/adapters/test_growing_answers.py",
    "tests/adapters/test_rendering_properties.py",
    "tests/adapters/test_rendering_reading.py::test_texts_of_many_blocks",
    "tests/adapters/test_rendering_reading.py::test_two_forms",
    "tests/test_cli.py",
    "tests/test_fences.py",
    "tests/adapters/test_hostile_values.py",
    "tests/contracts/test_streaming.py",
    "tests/fuzz/",
    "tests/adapters/test_console_in_a_terminal.py",
    "tests/lab/",
    "tests/storage/test_damaged_rows.py",
    "tests/lessons/test_grounding.py::test_no_answer_is_too_strange",
    "tests/storage/test_stores_stay_alike.py",
    "tests/adapters/test_costs_of_signs.py",
    "tests/storage/test_postgres.py",
    "tests/storage/test_postgres_schema.py",
    "tests/storage/test_postgres_shared.py",
    "tests/lessons/test_real_courses.py",
    "tests/storage/test_database.py",
    "tests/llm/test_embedded_process.py",
    "tests/engine/test_early_stops.py",
    "tests/adapters/test_console_answers.py",
    "tests/storage/test_migrations.py",
    "tests/test_docs_site.py",
    "tests/test_tutorial.py",
    "tests/contracts/test_embedder.py",
    "tests/test_app.py",
    "tests/lessons/test_command.py",
    "tests/storage/test_scrubbing.py",
    "tests/test_opinions.py",
    "tests/test_forked.py",
    "tests/observe/test_log_writer.py",
    "tests/drawing/test_drawing_properties.py",
    "tests/engine/test_pulling.py::TestTroubleOnTheWay::test_a_host_that_dies_in_the_middle",
    "tests/engine/test_pulling.py::TestTroubleOnTheWay::test_a_connection_that_breaks_is_made_anew",
    "tests/engine/test_pulling.py::test_its_progress_has_a_bar",
    "tests/engine/test_compare_swaps.py",
    "tests/engine/test_leaderboard.py::test_a_planted_order_is_recovered",
    "tests/engine/test_leaderboard.py::test_strengths_are_those_of_another_fit",
    "tests/engine/test_prompt_losses.py::test_ordinary_turns_raise_no_alarm",
    "tests/llm/test_ollama_lists.py::test_of_a_list_without_end",
    "tests/test_counted_hosts.py",
)
"""What starts processes, loads a model, waits real seconds or tries thousands of texts; longest first."""

PLATFORMS = (
    "tests.lab.discord",
    "tests.lab.slack",
    "tests.adapters.discord_scene",
    "tests.adapters.pile",
    "tests.adapters.slack_scene",
    "tests.contracts.scenes",
    "tests.contracts.posters",
)
"""Stand-ins for platforms, and scenes on them: a file that imports one speaks over sockets, and is slow as a whole."""

SLOW_KINDS = ("embedded", "llama_server", "postgres")
"""Parameters that need such a thing: of a test that runs over several implementations, these are the slow ones."""

WORKERS_BESIDE_CORES = 3
"""Half of the slow tests' seconds are waited for: for a socket, for a process, for the end of a lease."""

# Without written bytecode every worker, and every process a test starts, compiles its modules anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes says how busy the machine is; neighbours must not decide whether a test passes. Each time
# other examples are tried, but for the run that a change is judged by: there chance must not decide either.
# `--hypothesis-profile=search` tries many.
IN_ANY_CASE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("beside other work", IN_ANY_CASE, derandomize=os.environ.get("CI") == "true")
settings.register_profile("search", IN_ANY_CASE, max_examples=1_000)
settings.load_profile("beside other work")


@pytest.hookimpl(optionalhook=True)  # there may be no pytest-xdist
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many workers `-n auto` means."""
    return (os.cpu_count() or 1) + WORKERS_BESIDE_CORES * (not leaves_slow_out(config))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no rubbish while tests are collected, and never again among what was.

    It makes hundreds of thousands of objects that stay to the end: looking through them took a third of its time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave slow files unread where no test of theirs is wanted."""
    path = collection_path.relative_to(config.rootpath).as_posix()
    return (leaves_slow_out(config) and path.startswith(SLOW) and path.endswith(".py")) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests, and put them first."""
    for item in items:
        if is_slow(item):
            item.add_marker(pytest.mark.slow)
    items.sort(key=place)


def leaves_slow_out(config: pytest.Config) -> bool:
    """Whether this is `make test-fast`."""
    return bool(config.getoption("markexpr") == "not slow")


def is_slow(item: pytest.Item) -> bool:
    """Whether a test is left out of `make test-fast`."""
    called = getattr(item, "callspec", None)
    kinds = called.params.values() if called else ()
    is_of_slow_kind = any(kind in SLOW_KINDS for kind in kinds if isinstance(kind, str))
    is_on_a_platform = isinstance(item, pytest.Function) and stands_on_a_platform(item.module)
    return is_of_slow_kind or is_on_a_platform or place(item) < len(SLOW)


@cache
def stands_on_a_platform(module: ModuleType) -> bool:
    """Whether a file of tests imports a stand-in for a platform, or a scene on one."""
    origins = (getattr(each, "__module__", None) or getattr(each, "__name__", "") for each in vars(module).values())
    return any(str(origin).startswith(PLATFORMS) for origin in origins)


def place(item: pytest.Item) -> int:
    """Return the number of a test's line in `SLOW`, which ends before the others."""
    name = item.nodeid
    is_listed = name.startswith(SLOW)  # all at once: most tests are not
    return next(number for number, each in enumerate(SLOW) if name.startswith(each)) if is_listed else len(SLOW)
