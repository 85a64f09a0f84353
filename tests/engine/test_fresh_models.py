"""What is said of a model is true at the host now, also where the list of models was read half a minute ago."""

from __future__ import annotations

import pytest

from bot.domain import Notice
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.catalog import Catalog
from bot.engine.selection import FRESH_S, Selector
from bot.errors import Transient, UserError
from tests.clocks import SetClock
from tests.engine.talk import ROOM, Heard, Talk
from tests.fakes import FakeBackend, card
from tests.memory import FakeChoices, FakeStore


def keys(answer: Heard) -> list[str]:
    return [notice.key for notice in answer.of(Notice)]


async def test_a_default_that_was_just_installed_answers_without_a_word() -> None:
    backend = FakeBackend(card("falcon:7b"))
    selector, clock = selecting(backend, default_model="new:1b")
    await selector.select(ROOM, "dana")
    backend.install(card("new:1b"))
    clock.advance(FRESH_S * 2)
    selection = await selector.select(ROOM, "dana")

    assert (selection.card.name, selection.default_gone) == ("new:1b", "")


async def test_a_choice_that_came_back_is_not_called_missing() -> None:
    backend = FakeBackend(card("falcon:7b"), card("mistral:7b"))
    selector, clock = selecting(backend, default_model="falcon:7b")
    await selector.select(ROOM, "dana")
    clock.advance(FRESH_S * 2)
    backend.remove("falcon:7b")
    await selector.refresh()
    backend.install(card("falcon:7b"))
    clock.advance(FRESH_S * 2)
    selection = await selector.select(ROOM, "dana")

    assert (selection.card.name, selection.default_gone) == ("falcon:7b", "")


async def test_a_first_model_that_was_just_installed_answers() -> None:
    backend = FakeBackend()
    backend.cards.clear()
    selector, clock = selecting(backend)
    with pytest.raises(UserError):
        await selector.select(ROOM, "dana")
    backend.install(card("falcon:7b"))
    clock.advance(FRESH_S * 2)

    assert (await selector.select(ROOM, "dana")).card.name == "falcon:7b"


async def test_where_nothing_is_missing_nobody_waits_for_the_host() -> None:
    backend = FakeBackend(card("falcon:7b"))
    selector, clock = selecting(backend, default_model="falcon:7b")
    await selector.select(ROOM, "dana")
    clock.advance(FRESH_S * 2)
    backend.down = Transient("error.host_busy", host="fake")

    assert (await selector.select(ROOM, "dana")).card.name == "falcon:7b"


async def test_a_host_that_does_not_list_costs_no_answer_that_another_model_can_give() -> None:
    backend = FakeBackend(card("falcon:7b"))
    selector, clock = selecting(backend, default_model="gone:1b")
    await selector.select(ROOM, "dana")
    clock.advance(FRESH_S * 2)
    backend.down = Transient("error.host_busy", host="fake")

    assert (await selector.select(ROOM, "dana")).card.name == "falcon:7b"


async def test_why_calls_no_model_missing_that_was_just_installed() -> None:
    talk = Talk(answer_policy=AnswerPolicy(default_model="new:1b"))
    before = keys(await talk.command("model why"))
    talk.backend.install(card("new:1b"))
    after = keys(await talk.command("model why"))

    assert "model.why.default_gone" in before
    assert "model.why.default_gone" not in after


async def test_why_calls_no_model_the_answering_one_that_was_just_removed() -> None:
    talk = Talk(answer_policy=AnswerPolicy(default_model="falcon:7b"))
    await talk.command("model why")
    talk.backend.remove("falcon:7b")

    assert "model.why.default_gone" in keys(await talk.command("model why"))


async def test_a_model_that_was_just_removed_cannot_be_chosen() -> None:
    talk = Talk()
    await talk.command("model list")
    talk.backend.remove("mistral:7b")
    with pytest.raises(UserError) as refused:
        await talk.command("model use", name="mistral:7b")

    assert refused.value.key in {"error.model_unknown", "error.model_unknown_near"}


def selecting(backend: FakeBackend, *, default_model: str = "") -> tuple[Selector, SetClock]:
    clock = SetClock()
    catalog = Catalog(backend=backend, clock=clock)
    return Selector(choices=FakeChoices(FakeStore()), catalog=catalog, default_model=default_model), clock
