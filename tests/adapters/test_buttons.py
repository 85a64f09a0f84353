from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.buttons import MOST_CHARS, decode, encode
from bot.domain import Button, Notice
from bot.errors import UserError

SIGNS = st.text("az0:?&=#%+/ é", min_size=1, max_size=3)


def button(command: str, asks: str = "", /, **arguments: str) -> Button:
    return Button(Notice("button.any"), command, arguments, asks)


@pytest.mark.parametrize(
    ("offered", "written"),
    [
        (button("help"), "do:help"),
        (button("again", turn="12"), "do:again?turn=12"),
        (button("rate", "why", turn="12", vote="down"), "do:rate?turn=12&vote=down#why"),
        (button("model use", name="qwen3:8b"), "do:model+use?name=qwen3%3A8b"),
    ],
)
def test_a_button_is_written_as_its_command_would_be(offered: Button, written: str) -> None:
    assert encode(offered) == written


@given(command=SIGNS, name=SIGNS, value=st.just("") | SIGNS, asks=st.just("") | SIGNS)
def test_what_was_written_reads_back(command: str, name: str, value: str, asks: str) -> None:
    written = encode(button(command, asks, **{name: value}))

    assert decode(written) == (command, {name: value}, asks)
    assert len(written) <= MOST_CHARS
    assert written.isascii()
    assert " " not in written


def test_a_button_that_says_too_much_is_refused() -> None:
    with pytest.raises(ValueError, match="140 characters of 100"):
        encode(button("ask", question="x" * 124))


@pytest.mark.parametrize("written", ["", "stop:12", "do:", "do:?turn=1", "do:again?", "do:again?turn", "do:again#"])
def test_what_is_no_button_of_ours_is_told_in_words(written: str) -> None:
    with pytest.raises(UserError) as refused:
        decode(written)

    assert refused.value.key == "error.button_unknown"
