"""Documents become part of a question as far as the model's window bears, and what was left out is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ChatMessage, Notice, Picture, QuotedMessage, TextFile, UnseenFile, WhyUnread, unseen_file
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.file_budget import cut_to, fitted, last_page, shared_out
from bot.engine.stored_text import as_stored, named_files, unseen_notices, without_notes
from bot.errors import Unavailable
from tests.engine.talk import Heard, Talk, accepted, heard
from tests.fakes import card

PAGES = "\n\n".join(f"[page {number}]\n{'The owl sleeps by day. ' * 20}OWL-{number}" for number in range(1, 201))
PAPER = TextFile("owls.pdf", PAGES, is_document=True)


async def asked(talk: Talk, message: ChatMessage) -> tuple[str, Heard]:
    turn = await accepted(talk.engine, message)
    assert turn
    answer = await heard(talk.engine.reply(turn))
    return talk.prompts()[-1][-1], answer


async def test_a_short_one_stays_whole() -> None:
    talk = Talk()
    short = TextFile("owls.pdf", "[page 1]\nThe owl is OWL-4711.", is_document=True)
    question, answer = await asked(talk, replace(talk.message("which?"), files=(short,)))

    assert "owls.pdf:\n" in question
    assert "[page 1]" in question
    assert "OWL-4711" in question
    assert answer.notices == []


@pytest.mark.parametrize("window", [1024, 4096, 8192])
async def test_a_long_one_is_cut_to_the_window_and_its_last_page_named(window: int) -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=window))
    question, answer = await asked(talk, replace(talk.message("which?"), files=(PAPER,)))
    told = answer.of(Notice)[0]

    assert told.key == "notice.file_cut_at_page"
    assert f"[page {told.parameters['number']}]" in question
    assert f"up to page {told.parameters['number']}: the rest was too long" in question
    assert "[page 200]" not in question
    assert len(question) > window


async def test_one_of_another_is_cut_too() -> None:
    talk = Talk()
    talk.backend.say("Yes.")
    theirs = QuotedMessage(PAGES, "Ben", "U2", file="owls.pdf", is_document=True)
    question, answer = await asked(talk, replace(talk.message("which?"), quotes=(theirs,)))

    assert answer.notices == ["notice.file_cut_at_page"]
    assert "[page 200]" not in question


async def test_where_the_host_is_down_it_is_cut_to_what_every_model_reads() -> None:
    talk = Talk()
    talk.backend.down = Unavailable("error.host_unreachable", host="fake")
    turn = await accepted(talk.engine, replace(talk.message("which?"), files=(PAPER,)))

    assert turn
    assert 2_000 < len(turn.message.text) < 8_192


async def test_for_a_comparison_it_is_cut_to_the_smallest_window() -> None:
    talk = Talk()
    talk.backend.install(card("small:1b", context_tokens=1024))
    question = replace(talk.message("which?"), files=(PAPER,), compares=("falcon:7b", "small:1b"))
    turn = await accepted(talk.engine, question)

    assert turn
    assert len(turn.message.text) < 1_500


def test_what_was_read_of_one_that_was_cut_before_is_said_where_it_fits() -> None:
    message = replace(Talk().message("which?"), files=(TextFile("owls.docx", "owls", is_document=True, is_cut=True),))
    stored = as_stored(fitted(message, budget_tokens=1000))

    assert [notice.key for notice in unseen_notices(stored.unseen)] == ["notice.file_cut"]
    assert "[Of owls.docx this is the beginning: the rest was too long" in stored.text


def test_a_text_file_is_never_cut() -> None:
    message = replace(Talk().message("which?"), files=(TextFile("owls.txt", PAGES),))

    assert fitted(message, budget_tokens=10) == message


def test_a_mark_that_nothing_follows_is_no_page_that_was_read() -> None:
    cut = cut_to(TextFile("a.pdf", "[page 1]\nowls\n\n[page 2]\nmore of them", is_document=True), budget_tokens=10)

    assert cut.text == "[page 1]\nowls"
    assert last_page(cut.text) == "page 1"


@given(st.text("ab \n[page 1]ש", max_size=400), st.integers(0, 200))
def test_what_is_kept_is_the_beginning(text: str, budget_tokens: int) -> None:
    cut = cut_to(TextFile("a.pdf", text, is_document=True), budget_tokens=budget_tokens)

    assert text.startswith(cut.text)
    assert cut.is_cut or cut.text == text


@given(st.lists(st.integers(0, 1000), max_size=6), st.integers(0, 2000))
def test_shares_are_no_more_than_there_is_and_than_is_wanted(wanted: list[int], most: int) -> None:
    shares = shared_out(wanted, most)

    assert sum(shares) == min(most, sum(wanted)) or sum(wanted) > most >= sum(shares) > most - len(wanted) - 1
    assert all(share <= want for share, want in zip(shares, wanted, strict=True))


@pytest.mark.parametrize("why", [why for why in WhyUnread if why is not WhyUnread.CUT])
def test_every_reason_has_a_sentence_and_the_model_is_told_of_the_file(why: WhyUnread) -> None:
    written = UnseenFile("owls.pdf", why).written()
    stored = as_stored(replace(Talk().message("which?"), unseen=(written,)))
    (told,) = unseen_notices([written])

    assert unseen_file(written) == UnseenFile("owls.pdf", why)
    assert told.parameters == {"files": "owls.pdf"}
    assert "not shown to you: owls.pdf." in stored.text
    assert named_files([written]) == "owls.pdf"


def test_what_is_said_of_files_is_no_part_of_what_was_asked() -> None:
    message = replace(
        Talk().message("which?\n\n[page 1]"),
        unseen=("a.zip", UnseenFile("b.pdf", WhyUnread.CUT, "page 3").written()),
        pictures=(Picture("owl.png", b"the owl itself"),),
    )
    stored = as_stored(message).text

    assert without_notes(stored) == "which?\n\n[page 1]"
    assert stored.count("\n\n") == 4
    assert without_notes("[Sent along: owl.png]") == "[Sent along: owl.png]"
    assert without_notes("") == ""


def test_files_of_one_reason_stand_in_one_sentence() -> None:
    unseen = ["a.zip", UnseenFile("b.pdf", WhyUnread.LOCKED).written(), "c.zip"]

    assert [(told.key, told.parameters["files"]) for told in unseen_notices(unseen)] == [
        ("notice.unseen", "a.zip, c.zip"),
        ("notice.unseen_locked", "b.pdf"),
    ]


@pytest.mark.parametrize("written", ["owls.pdf", "owls.pdf\tof a later version", "owls.pdf\tlater\tmore\tand more"])
def test_what_an_earlier_or_a_later_version_wrote_is_read(written: str) -> None:
    assert unseen_file(written) == UnseenFile("owls.pdf", up_to=(*written.split("\t"), "", "")[2])
