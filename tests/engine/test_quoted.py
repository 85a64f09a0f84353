"""A message that replies to another one brings that one along."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.prompt import QUOTED_CHARS, as_quote, last_words, with_quoted
from tests.engine.talk import Talk, accepted, heard

WORDS = st.text("ab \n>é", max_size=40)


async def replied(talk: Talk, text: str, quoted: str) -> list[str]:
    """Say a message that replies to another one; return what the model read."""
    turn = await accepted(talk.engine, replace(talk.message(text), quoted=quoted))
    assert turn
    await heard(talk.engine.reply(turn))
    return talk.prompts()[-1]


async def test_what_is_replied_to_stands_before_the_question_as_a_quote() -> None:
    assert (await replied(Talk(), "Is that so?", "The moon\n\npulls."))[-1] == (
        "Dana: > The moon\n>\n> pulls.\n\nIs that so?"
    )


async def test_it_is_read_by_later_answers_too() -> None:
    talk = Talk()
    await replied(talk, "Is that so?", "The word is OWL-1.")
    await talk.say("What is the word?")

    assert "> The word is OWL-1." in talk.prompts()[-1][1]


async def test_a_reply_that_says_nothing_asks_about_what_it_replies_to() -> None:
    assert (await replied(Talk(), "", "The moon pulls."))[-1] == "Dana: > The moon pulls."


async def test_what_is_quoted_is_cleaned_and_bounded() -> None:
    (*_, asked) = await replied(Talk(), "Why?", "\x1b[31m" + "x" * 5_000)

    assert asked == f"Dana: > [31m{'x' * (QUOTED_CHARS - 4)} …\n\nWhy?"


async def test_a_message_without_a_quote_is_stored_as_it_is() -> None:
    assert (await replied(Talk(), "Why?", " \n "))[-1] == "Dana: Why?"


@given(text=WORDS, quoted=WORDS)
def test_every_line_of_a_quote_and_no_other_is_marked(text: str, quoted: str) -> None:
    message = with_quoted(replace(Talk().message(text), quoted=quoted))

    assert message.quoted == ""
    assert message.text.endswith(text.strip())
    assert [line.removeprefix(">").strip() for line in as_quote(quoted).split("\n")] == [
        line.strip() for line in quoted.split("\n")
    ]


@given(text=st.text(), most=st.integers(0, 60))
def test_last_words_are_the_end_of_the_text_and_fit(text: str, most: int) -> None:
    end = last_words(text, most_bytes=most)

    assert text.endswith(end.removeprefix("… "))
    assert len(end.removeprefix("… ").encode()) <= max(most, 0) or end == text
