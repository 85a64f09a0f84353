"""The key of a post is a value; what is written of it stays as it has always been."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.delivery.keys import PostKey, is_in_line, turn_key


def test_what_is_stored_reads_as_it_always_did() -> None:
    assert PostKey(turn_key(17), 0).written == "turn-17:0"
    assert PostKey(turn_key(17)).written == "turn-17:in line"
    assert PostKey("call-Ev:1", 2).written == "call-Ev:1:2"


@given(st.text(min_size=1), st.none() | st.integers(min_value=0, max_value=10**6))
def test_what_was_written_is_read_again(reply: str, index: int | None) -> None:
    key = PostKey(reply, index)

    assert PostKey.read(key.written) == key
    assert is_in_line(key.written) is (index is None)


@pytest.mark.parametrize("written", ["", "turn-17", "turn-17:private", "in line", ":0", "turn-17:-1", "turn-17:٣"])
def test_what_is_no_key_of_a_message_is_none(written: str) -> None:
    assert PostKey.read(written) is None
    assert not is_in_line(written)
