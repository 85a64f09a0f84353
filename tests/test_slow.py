from __future__ import annotations

import pytest

from tests.cli_process import ROOT
from tests.conftest import SLOW, is_slow, place


@pytest.mark.parametrize("path", SLOW)
def test_what_is_called_slow_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_this_test_is_fast_and_behind_the_slow_ones(request: pytest.FixtureRequest) -> None:
    assert not is_slow(request.node)
    assert place(request.node) == len(SLOW)


@pytest.mark.parametrize(("store", "expected"), [("memory", False), ("postgres", True)])
def test_of_the_implementations_those_with_a_server_are_slow(
    request: pytest.FixtureRequest, store: str, *, expected: bool
) -> None:
    assert store
    assert is_slow(request.node) is expected
