"""How long a model takes to load: learnt from what hosts say, told to who waits."""

from __future__ import annotations

import pytest

from bot.domain import Notice
from bot.engine.load_times import LoadTimes
from bot.errors import Unavailable
from bot.i18n import LOCALES, sentence
from tests.memory import FakeNotes


async def test_a_model_never_loaded_has_no_estimate() -> None:
    assert await LoadTimes(host="gpu", notes=FakeNotes()).last_s("falcon:7b") is None


async def test_the_last_load_is_the_estimate() -> None:
    loads = LoadTimes(host="gpu")
    await loads.learn("falcon:7b", load_s=30.0)
    await loads.learn("falcon:7b", load_s=12.0)

    assert await loads.last_s("falcon:7b") == 12.0


async def test_a_model_that_was_loaded_already_teaches_nothing() -> None:
    loads = LoadTimes(host="gpu")
    await loads.learn("falcon:7b", load_s=12.0)
    await loads.learn("falcon:7b", load_s=0.03)

    assert await loads.last_s("falcon:7b") == 12.0


async def test_the_estimate_outlives_the_process_and_belongs_to_its_host() -> None:
    notes = FakeNotes()
    await LoadTimes(host="gpu", notes=notes).learn("falcon:7b", load_s=12.04)

    assert await LoadTimes(host="gpu", notes=notes).last_s("falcon:7b") == 12.0
    assert await LoadTimes(host="other", notes=notes).last_s("falcon:7b") is None


async def test_a_store_in_trouble_costs_the_estimate_only() -> None:
    notes = FakeNotes(broken=Unavailable("error.storage_busy"))
    loads = LoadTimes(host="gpu", notes=notes)
    before = await loads.last_s("falcon:7b")
    await loads.learn("falcon:7b", load_s=12.0)

    assert before is None
    assert await loads.last_s("falcon:7b") == 12.0


async def test_a_note_that_is_no_number_is_no_estimate() -> None:
    notes = FakeNotes()
    await notes.write("load_s:gpu:falcon:7b", "soon")

    assert await LoadTimes(host="gpu", notes=notes).last_s("falcon:7b") is None


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("estimate", "shown"), [("", False), (Notice("state.estimate", {"seconds": 12}), True)])
def test_loading_is_said_with_and_without_an_estimate(locale: str, estimate: object, shown: bool) -> None:  # noqa: FBT001
    said = sentence(Notice("state.loading", {"model": "falcon:7b", "estimate": estimate}), locale)

    assert ("12" in said) is shown
