"""What `/model info` says of what a model makes of lessons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import ModelCard, Notice
from bot.domain.probes import ProbeResult, ProbeTally
from bot.engine.probe_words import probe_notices
from bot.i18n import LOCALES, sentence
from tests.clocks import NOON
from tests.fakes import card

GOOD = ProbeTally(asked=6, open=4, facts=7, told=6, refused=1, sentences=9, removed=1, tried=6, knew=6)
POOR = replace(GOOD, told=2, wrong=3)
NOISE = replace(GOOD, told=0, knew=0, removed=9)


def measured(**tallies: ProbeTally) -> ModelCard:
    result = ProbeResult(model="m", key="k", server="1", edition=1, probed_at=NOON, tallies=tallies)
    return replace(card("m", parameters="7B"), probe=result)


def told(model: ModelCard, locale: str = "en") -> str:
    return "\n".join(sentence(notice, locale) for notice in probe_notices(model))


def test_what_it_earned_is_said_by_language_with_the_counts() -> None:
    text = told(measured(en=GOOD, he=POOR))

    assert "it words answers in en; in he the lessons are quoted" in text
    assert "8 of 14 facts, 3 of 20 answers were wrong, and 2 of 18 sentences failed" in text


@pytest.mark.parametrize(
    ("tallies", "said"),
    [({"en": GOOD}, "it words answers"), ({"en": POOR}, "the lessons are quoted in its place")],
)
def test_one_verdict_for_all_languages_is_short(tallies: dict[str, ProbeTally], said: str) -> None:
    assert f": {said}." in told(measured(**tallies))


def test_languages_it_does_not_know_are_named() -> None:
    assert "Languages it does not know: he." in told(measured(en=GOOD, he=NOISE))


@pytest.mark.parametrize(("parameters", "key"), [("7B", "worded"), ("135M", "quoted")])
def test_before_it_was_measured_it_is_said_to_be_a_guess(parameters: str, key: str) -> None:
    model = card("m", parameters=parameters)

    assert probe_notices(model) == [Notice(f"model.info.probe_guess_{key}", {"model": "m"})]
    assert "guessed from its size" in told(model)


@pytest.mark.parametrize("locale", LOCALES)
def test_it_fits_a_phone(locale: str) -> None:
    assert len(told(measured(en=GOOD, he=POOR, ar=NOISE), locale)) < 400


def test_nothing_is_said_of_a_model_that_does_not_chat() -> None:
    assert probe_notices(card("e", capabilities=frozenset({"embedding"}))) == []
