"""The one table of what is said to the bot, and the words behind its name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hearing import (
    RULES,
    Follow,
    Heard,
    Hearing,
    Made,
    Place,
    command_in,
    judged,
    said_to,
)
from bot.i18n import LOCALES, sentences

MENTION = re.compile(r"<@1>")


@pytest.mark.parametrize("made", Made)
def test_whatever_is_said_to_the_bot_is_answered_or_told(made: Made) -> None:
    for heard in (Heard(place=Place.DIRECT, made=made), Heard(place=Place.CHANNEL, made=made, is_addressed=True)):
        assert judged(heard, reads_all=False) is Hearing.ANSWERED
    assert all(not RULES[made].hint or RULES[made].hint in sentences(locale) for locale in LOCALES)


@pytest.mark.parametrize("made", Made)
@pytest.mark.parametrize("place", [Place.CHANNEL, Place.OTHER_THREAD])
@pytest.mark.parametrize("follow", Follow)
def test_elsewhere_nothing_is_heard_that_does_not_call_it(made: Made, place: Place, follow: Follow) -> None:
    assert judged(Heard(place=place, made=made), follow=follow) is Hearing.LEFT


def test_a_thread_it_opened_is_followed_as_the_operator_wants() -> None:
    heard = Heard(place=Place.OWN_THREAD, made=Made.WORDS)

    assert [judged(heard, follow=follow) for follow in Follow] == [Hearing.IF_THEIRS, Hearing.ANSWERED, Hearing.LEFT]
    assert judged(heard, reads_all=False) is Hearing.LEFT


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<@1>", ""),
        ("<@1> <@1>", ""),
        ("  <@1>:  help", "help"),
        ("help <@1>", "help"),
        ("help <@1>  <@1> ", "help"),
        ("<@1> — help", "help"),
        ("<@1>- help", "help"),
        ("<@1> --help", "--help"),
        ("<@1> -1 < 2 >", "-1 < 2 >"),
        ("<@1>\n- a\n- b", "- a\n- b"),
        ("<@1>, <@1>: stop", "stop"),
        ("<@1>、ヘルプ", "ヘルプ"),
        ("is <@1> better?", "is <@1> better?"),
        ("thanks, <@1>!", "thanks, <@1>!"),
    ],
)
def test_the_name_is_left_out_at_the_ends_with_what_sets_it_apart(written: str, said: str) -> None:
    assert said_to(written, MENTION) == said


@given(st.text("<@1> ,:-\nab", max_size=60))
def test_no_word_is_lost(written: str) -> None:
    said = said_to(written, MENTION)

    assert said in written
    assert re.sub(r"[^ab]", "", said) == re.sub(r"[^ab]", "", written)


@pytest.mark.parametrize(
    "words", ["stop", "Stop.", "stop!", "/stop", "model list.", "model", "help …", "stop！", "help。"]
)
def test_a_command_is_known_with_a_point_behind_it(words: str) -> None:
    assert command_in(words)


@pytest.mark.parametrize("words", ["stop it", "help me", "reset?", "model trains are loud.", "forget everything", "."])
def test_what_is_more_than_a_command_is_none(words: str) -> None:
    assert command_in(words) is None


def test_many_blanks_and_many_mentions_take_no_longer_than_as_many_words() -> None:
    assert said_to(" " * 100_000 + "<@1>" + " " * 100_000, MENTION) == ""
    assert said_to("<@1> " * 20_000 + "stop", MENTION) == "stop"
    assert said_to("stop" + " <@1>" * 20_000, MENTION) == "stop"


@pytest.mark.parametrize("words", ["\u200fhelp", "\u200bhelp\u200e", "\u2066stop\u2069", "\u200fmodel list.\u200f"])
def test_marks_that_nobody_sees_make_no_other_words_of_a_command(words: str) -> None:
    assert command_in(words)
