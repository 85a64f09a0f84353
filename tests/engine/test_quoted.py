"""A message that replies to another one brings that one along."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import QuotedMessage
from bot.engine.prompt import as_quote, last_words
from bot.engine.stored_text import QUOTED_CHARS, as_stored
from bot.errors import UserError
from tests.engine.talk import Talk, accepted, heard

WORDS = st.text("ab \n>é", max_size=40)


async def replied(talk: Talk, text: str, quoted: str) -> list[str]:
    """Say a message that replies to another one; return what the model read."""
    turn = await accepted(talk.engine, replace(talk.message(text), quotes=(QuotedMessage(quoted),)))
    assert turn
    await heard(talk.engine.reply(turn))
    return talk.prompts()[-1]


async def test_what_is_replied_to_stands_before_the_question_as_a_quote() -> None:
    assert (await replied(Talk(), "Is that so?", "The moon\n\npulls."))[-1] == (
        "Dana: > The moon\n  >\n  > pulls.\n\n  Is that so?"
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

    assert asked == f"Dana: > [31m{'x' * (QUOTED_CHARS - 4)} …\n\n  Why?"


async def test_a_message_without_a_quote_is_stored_as_it_is() -> None:
    assert (await replied(Talk(), "Why?", " \n "))[-1] == "Dana: Why?"


async def test_the_author_stands_before_their_words_and_those_of_several_stay_apart() -> None:
    message = as_stored(
        replace(Talk().message("Who is right?"), quotes=(QuotedMessage("Yes.", "Ben"), QuotedMessage("No.", "user")))
    )

    assert message.text == "> Ben: Yes.\n\n> “user”: No.\n\nWho is right?"


async def test_words_that_are_erased_while_the_question_waits_reach_no_model() -> None:
    talk = Talk()
    quotes = (QuotedMessage("The word is OWL-1.", "Ben", "ben"),)
    turn = await accepted(talk.engine, replace(talk.message("Is that so?"), quotes=quotes))
    assert turn
    await talk.history.forget_person(turn.message.address.platform, "ben")
    await heard(talk.engine.reply(turn))

    assert talk.prompts()[-1][-1] == "Dana: Is that so?"


async def test_a_question_of_which_nothing_is_left_is_told_so() -> None:
    talk = Talk()
    turn = await accepted(
        talk.engine, replace(talk.message(""), quotes=(QuotedMessage("The word is OWL-1.", "Ben", "ben"),))
    )
    assert turn
    await talk.history.forget_person(turn.message.address.platform, "ben")
    with pytest.raises(UserError) as told:
        await heard(talk.engine.reply(turn))

    assert told.value.key == "error.answer_gone"
    assert talk.prompts() == []


@given(text=WORDS, quoted=WORDS)
def test_every_line_of_a_quote_and_no_other_is_marked(text: str, quoted: str) -> None:
    message = as_stored(replace(Talk().message(text), quotes=(QuotedMessage(quoted),)))

    assert message.text[sum(quote.chars for quote in message.quotes) :] == text.strip()
    assert message.text.endswith(text.strip())
    assert [line.removeprefix(">").strip() for line in as_quote(quoted).split("\n")] == [
        line.strip() for line in quoted.split("\n")
    ]


@given(text=st.text(), most=st.integers(0, 60))
def test_last_words_are_the_end_of_the_text_and_fit(text: str, most: int) -> None:
    end = last_words(text, most_bytes=most)

    assert text.endswith(end.removeprefix("… "))
    assert len(end.removeprefix("… ").encode()) <= max(most, 0) or end == text
