"""Which model answers where nobody chose one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ModelCard, Notice
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.selection import Reason, fits, unset_default
from bot.i18n import LOCALES, sentence, sentences
from tests.engine.talk import Talk
from tests.fakes import card

GB = 10**9
SMALL = replace(card("alpha:1b"), size_bytes=1 * GB)
MIDDLE = replace(card("beta:8b"), size_bytes=5 * GB)
LARGE = replace(card("gamma:70b"), size_bytes=40 * GB)
REMOTE = replace(card("a-cloud:480b"), size_bytes=300, is_remote=True)
DEMONSTRATION = replace(card("a-demo:1b"), size_bytes=90 * GB, is_demonstration=True)
CARDS = st.builds(
    ModelCard,
    name=st.sampled_from(["a", "b", "c", "d"]),
    size_bytes=st.integers(0, 100 * GB),
    is_remote=st.booleans(),
    is_demonstration=st.booleans(),
)


@pytest.mark.parametrize(
    ("cards", "memory_gb", "name", "reason"),
    [
        ([SMALL, MIDDLE, LARGE], 0, "gamma:70b", Reason.LARGEST),
        ([SMALL, MIDDLE, LARGE], 24, "beta:8b", Reason.LARGEST_THAT_FITS),
        ([SMALL, MIDDLE, LARGE], 6, "beta:8b", Reason.LARGEST_THAT_FITS),
        ([SMALL, MIDDLE, LARGE], 5.9, "alpha:1b", Reason.LARGEST_THAT_FITS),
        ([MIDDLE, LARGE], 2, "beta:8b", Reason.NONE_FITS),
        ([REMOTE, SMALL], 0, "alpha:1b", Reason.LARGEST),
        ([REMOTE, LARGE], 2, "gamma:70b", Reason.NONE_FITS),
        ([REMOTE, replace(REMOTE, name="b-cloud:1t", size_bytes=0)], 0, "a-cloud:480b", Reason.ALL_REMOTE),
        ([DEMONSTRATION, SMALL], 0, "alpha:1b", Reason.LARGEST),
        ([DEMONSTRATION, REMOTE], 0, "a-demo:1b", Reason.LARGEST),
        ([replace(MIDDLE, name="zeta:8b"), MIDDLE], 0, "beta:8b", Reason.LARGEST),
        ([replace(SMALL, size_bytes=0), MIDDLE], 0, "beta:8b", Reason.LARGEST),
    ],
)
def test_the_largest_that_fits_is_the_default(
    cards: list[ModelCard], memory_gb: float, name: str, reason: Reason
) -> None:
    chosen, why = unset_default(cards, memory_gb=memory_gb)

    assert (chosen.name, why) == (name, reason)


def test_a_model_needs_a_fifth_more_than_on_disk_and_what_is_unknown_fits() -> None:
    assert fits(MIDDLE, memory_gb=6)
    assert not fits(MIDDLE, memory_gb=5.9)
    assert fits(LARGE, memory_gb=0)
    assert fits(replace(LARGE, size_bytes=0), memory_gb=1)


@given(st.lists(CARDS, min_size=1, max_size=4, unique_by=lambda each: each.name), st.sampled_from([0, 8, 64]))
def test_the_default_does_not_depend_on_the_order_of_the_list(cards: list[ModelCard], memory_gb: float) -> None:
    chosen, _ = unset_default(cards, memory_gb=memory_gb)

    assert unset_default(cards[::-1], memory_gb=memory_gb)[0] == chosen
    assert not chosen.is_remote or all(each.is_remote for each in cards)


async def last_line_of_why(talk: Talk, locale: str = "en") -> str:
    notices = (await talk.command("model why")).of(Notice)
    return sentence(notices[-1], locale)


def talk_over(*cards: ModelCard, answer_policy: AnswerPolicy | None = None) -> Talk:
    talk = Talk(answer_policy=answer_policy)
    talk.backend.cards = {each.name: each for each in cards}
    return talk


async def test_where_nobody_chose_the_largest_answers_and_why_says_so() -> None:
    talk = talk_over(SMALL, LARGE, MIDDLE)
    await talk.say("Hi")

    assert talk.backend.requests[-1].model == "gamma:70b"
    assert await last_line_of_why(talk) == "No choice counts here, so the largest installed model that chats answers."


async def test_what_fits_into_the_hosts_memory_answers_and_why_says_so() -> None:
    talk = talk_over(SMALL, LARGE, MIDDLE, answer_policy=AnswerPolicy(memory_gb=7.5))
    await talk.say("Hi")

    assert talk.backend.requests[-1].model == "beta:8b"
    assert "fits into 7.5 GB" in await last_line_of_why(talk)


async def test_a_default_that_was_set_wins_and_needs_no_reason() -> None:
    talk = talk_over(SMALL, LARGE, answer_policy=AnswerPolicy(default_model="alpha:1b"))
    await talk.say("Hi")

    assert talk.backend.requests[-1].model == "alpha:1b"
    assert await last_line_of_why(talk) == "▶ by default: `alpha:1b`"


async def test_a_choice_wins_and_needs_no_reason() -> None:
    talk = talk_over(SMALL, LARGE)
    await talk.command("model use", name="alpha:1b")

    assert await last_line_of_why(talk) == "• by default: `gamma:70b`"


async def test_a_model_that_only_embeds_or_cannot_be_read_is_no_default() -> None:
    embedding = replace(LARGE, name="embed:70b", capabilities=frozenset({"embedding"}))
    unreadable = replace(LARGE, name="old-owl:70b", capabilities=frozenset(), is_unreadable=True)
    talk = talk_over(SMALL, embedding, unreadable)
    await talk.say("Hi")

    assert talk.backend.requests[-1].model == "alpha:1b"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_reason_has_its_sentence(locale: str) -> None:
    assert all(f"model.why.{reason.value}" in sentences(locale) for reason in Reason if reason is not Reason.SET)
