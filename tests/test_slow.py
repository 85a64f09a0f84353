from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.adapters import test_discord, test_discord_events
from tests.cli_process import ROOT
from tests.conftest import PLATFORMS, SLOW, is_slow, place, stands_on_a_platform
from tests.contracts import test_platforms


@pytest.mark.parametrize("path", SLOW)
def test_what_is_called_slow_is_there(path: str) -> None:
    file, _, test = path.partition("::")
    test = test.rpartition("::")[2]

    assert (ROOT / file).exists()
    assert not test or f"def {test}" in (ROOT / file).read_text(encoding="utf-8")


def test_this_test_is_fast_and_behind_the_slow_ones(request: pytest.FixtureRequest) -> None:
    assert not is_slow(request.node)
    assert place(request.node) == len(SLOW)


@pytest.mark.parametrize(("store", "expected"), [("memory", False), ("postgres", True)])
def test_of_the_implementations_those_with_a_server_are_slow(
    request: pytest.FixtureRequest, store: str, *, expected: bool
) -> None:
    assert store
    assert is_slow(request.node) is expected


def test_what_stands_on_a_platform_is_slow() -> None:
    assert stands_on_a_platform(test_discord)
    assert stands_on_a_platform(test_platforms)
    assert not stands_on_a_platform(test_discord_events)


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_stand_in_is_there(name: str) -> None:
    assert find_spec(name) is not None
