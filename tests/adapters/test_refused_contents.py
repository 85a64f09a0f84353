"""What a platform refuses for its content is left out and said so; the rest of the answer is read."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from bot.domain import Completion, Delta, Doing, FinishReason, Notice, ReplyPart, Source, Sources, State, Withdrawal
from tests.adapters.test_delivery import END, QuickWall, delivered, reply, shown, words

SAID = "-# A part of this is left out (“[…]”), because the moderation of this place does not take it."
INSTEAD = "The moderation of this place does not take what I would say"
LINES = "".join(f"Line {number} of many is here.\n" for number in range(12))


def wall(*moderated: str, message_chars: int = 2000) -> QuickWall:
    found = QuickWall(message_chars=message_chars)
    found.moderated = set(moderated)
    return found


async def test_what_was_shown_stays_where_the_words_that_follow_are_refused() -> None:
    texts = await shown(wall("badword"), Delta("One owl. "), 0.1, Delta("A badword. "), 0.1, Delta("Two owls."), END)

    assert texts == [f"One owl. […]Two owls.\n\n{SAID}"]


async def test_of_an_answer_that_comes_at_once_only_the_line_is_left_out() -> None:
    text = LINES.replace("Line 7", "Badword 7")
    texts = await shown(wall("Badword"), Delta(text), END)

    assert texts == [f"{text.strip().replace('Badword 7 of many is here.', '[…]')}\n\n{SAID}"]


@pytest.mark.parametrize("at", [0, 1, 5, 10, 11])
async def test_the_line_is_found_wherever_it_stands(at: int) -> None:
    text = LINES.replace(f"Line {at} ", f"Badword {at} ")
    (read,) = await shown(wall("Badword"), Delta(text), END)

    assert "Badword" not in read
    assert [number for number in range(12) if f"Line {number} " not in read] == [at]
    assert read.endswith(SAID)


async def test_the_line_behind_the_one_that_is_shown_is_left_out() -> None:
    refusing = wall("badword")
    texts = await shown(refusing, Delta("One owl."), 0.1, Delta("\nA badword.\nTwo owls."), END)

    assert texts == [f"One owl.\n[…]\nTwo owls.\n\n{SAID}"]


async def test_two_lines_far_apart_are_both_left_out() -> None:
    text = LINES.replace("Line 2 ", "Badword 2 ").replace("Line 9 ", "Badword 9 ")
    (read,) = await shown(wall("Badword"), Delta(text), END)

    assert read.count("[…]") == 3
    assert [number for number in range(12) if f"Line {number} " not in read] == [2, 9]


async def test_where_all_is_refused_one_sentence_stands_there() -> None:
    (read,) = await shown(wall("owl"), Delta("An owl."), END)

    assert read.startswith(INSTEAD)


async def test_where_all_of_it_is_refused_in_every_line_it_ends_soon() -> None:
    refusing = wall("here")
    (read,) = await shown(refusing, Delta(LINES * 20), END)

    assert read.startswith(INSTEAD)
    assert len(refusing.calls_at) < 30


async def test_what_stands_below_the_answer_is_left_out_where_it_is_refused() -> None:
    sources = Sources((Source("Badword", "https://example.org"),))
    texts = await shown(wall("Badword"), Delta("One owl."), sources, END)

    assert texts == [f"One owl.\n\n{SAID}"]


async def test_what_a_command_says_is_refused_in_a_sentence() -> None:
    (read,) = await shown(wall("model"), Notice("error.no_models"))

    assert read.startswith(INSTEAD)


async def test_where_nothing_at_all_is_taken_the_platform_refuses_for_good() -> None:
    refusing = wall("e", "a", "o")
    await delivered(refusing, reply(refusing.time, Delta("One owl."), END))

    assert refusing.texts == []


async def test_a_state_that_is_refused_is_not_shown_and_the_answer_is() -> None:
    state = State(Doing.WRITING, {"model": "badword:7b"})
    refusing = wall("badword")

    assert await shown(refusing, state, 1.5, Delta("One owl."), END) == ["One owl."]
    assert refusing.states == []


async def test_messages_above_and_below_the_refused_one_are_read() -> None:
    text = " ".join(f"word{number}" for number in range(60)).replace("word30", "badword")
    texts = await shown(wall("badword", message_chars=200), Delta(text), END)
    read = " ".join(texts)

    assert "badword" not in read
    assert [number for number in range(30) if f"word{number} " not in read] == []
    assert "word59" in read
    assert read.endswith(SAID)


@pytest.mark.parametrize("bad", [3, 12, 25, 37, 49])
async def test_of_several_messages_that_come_at_once_a_piece_of_one_is_left_out(bad: int) -> None:
    lines = [f"word{number}" * 3 for number in range(50)]
    lines[bad] = "badword"
    texts = await shown(wall("badword", message_chars=200), Delta("\n".join(lines)), END)
    read = " ".join(texts)

    assert [number for number in range(50) if f"word{number}word" not in read] == [bad]
    assert texts[-1].endswith(SAID)


async def test_words_that_are_taken_back_leave_nothing_to_be_left_out() -> None:
    texts = await shown(wall("badword"), Delta("A badword. "), 0.1, Withdrawal(), Delta("One owl."), END)

    assert texts == ["One owl."]


async def test_an_answer_stopped_behind_refused_words_says_both() -> None:
    stopped = Completion(reason=FinishReason.STOPPED, model="m")
    (read,) = await shown(wall("badword"), Delta("One owl. "), 0.1, Delta("A badword."), 0.1, stopped)

    assert read == f"One owl. […]\n\n-# Stopped.\n{SAID}"


async def test_a_long_answer_that_grows_keeps_all_that_was_taken() -> None:
    parts = words(120)
    parts[70] = Delta("badword ")
    paced = [each for part in parts for each in (part, 0.01)]
    texts = await shown(wall("badword", message_chars=200), *paced, END)
    read = " ".join(texts)

    assert "badword" not in read
    missing = [number for number in range(120) if f"word{number}" not in read]
    assert 70 in missing
    assert len(missing) < 12


async def test_what_was_shown_stays_where_no_edit_and_no_post_is_taken_any_more() -> None:
    closing = QuickWall()
    closing.fixed = {"0"}

    async def answer() -> AsyncGenerator[ReplyPart, None]:
        yield Delta("First")
        await closing.time.sleep(0.1)
        closing.is_closed = True
        yield Delta(" and last.")
        yield END

    await delivered(closing, answer())

    assert closing.texts == ["First"]
    assert closing.removed == []
