"""What a message of the greatest length costs on its way in, whatever stands in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from adapters.slack.dialect import plain_words
from bot.engine.command_parsing import parse_mention
from bot.engine.prompt import clean_text
from tests.adapters.test_discord_events import BOT, Desk
from tests.costs import Yardstick

PROSE = "Owls hunt at night, and they hear well. "
SHAPES = [
    " ", "\t", "\n", "\u2003", "<", ">", "<@", "<@U1", "<@U1|", "<@U1> ", " <@U1>", "<@U9>", "<a|", "<a|b>", "<|x>",
    "|", "&amp;", "<@!", f"<@{BOT}> ", f" <@!{BOT}>", f"<@{BOT}>", f"{' ' * 30}<@{BOT}", "<@&1>", ",", ":",
    " private", "private ", " language:", "\x00", "\ud800", "א ", "/ask ", "model ", "`", "**a", "😀",
]  # fmt: skip
# So much may a text of marks cost beside plain words; what grows with the square costs thousands of times as much.
MOST = 100


def in_slack(text: str) -> str:
    return plain_words(text, bot_user="U1", names={})


DESK = Desk()
READINGS: dict[Callable[[str], object], int] = {
    in_slack: 40_000,
    DESK.said: 4_000,
    clean_text: 40_000,
    parse_mention: 40_000,
}
PLAIN = {read: Yardstick(partial(read, (PROSE * size)[: size - 40]), least_s=20e-6) for read, size in READINGS.items()}


@pytest.mark.parametrize("around", ["{}", "a{}b", "/ask {}b", f"<@{BOT}>{{}}<@U1>"])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_message_takes_long_to_read(shape: str, around: str) -> None:
    for read, size in READINGS.items():
        hostile = around.format((shape * size)[: size - 40])

        assert PLAIN[read].outlasts(partial(read, hostile), times=MOST)


def test_a_mention_in_front_is_taken_out_with_the_blanks_beside_it() -> None:
    assert in_slack("<@U1> \t<@U1|owl>  a  b \t<@U1>") == "a  b"
    assert in_slack("<|x> hi") == "x hi"
    assert clean_text("a\x00\x1f\x7f\x9f\ud800\tb\r\nc\r") == "a\tb\nc"
