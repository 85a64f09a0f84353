"""What Prometheus is given: figures that say what happened, under the names its rules ask for, and nothing else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.orm import Session
from yarl import URL

from adapters.call_counting import outcome_of
from adapters.discord.rates import call_name as discord_call
from adapters.slack.rates import call_name as slack_call
from bot.domain import Account, ModelWork
from bot.errors import Unavailable
from bot.observe.health import Health, OpenTurns
from bot.observe.health_server import served
from bot.observe.prometheus_meter import MOST_MODELS, PrometheusMeter
from bot.storage.database.metered import MeteredDatabase
from bot.storage.database.open_database import open_database
from tests.clocks import SetClock
from tests.fakes import FakeBackend
from tests.memory import FakeNotes

Figures = dict[tuple[str, tuple[str, ...]], float]
NAME = re.compile(r"lyceum_[a-z]+(?:_[a-z]+)*")


def work(model: str = "falcon:7b", *, host: str = "gpu:11434", worked_s: float = 2.0) -> ModelWork:
    return ModelWork(
        ended_at=datetime.now(UTC),
        worked_s=worked_s,
        model=model,
        digest="",
        host=host,
        prompt_tokens=30,
        answer_tokens=12,
        is_counted=True,
        is_measured=False,
        is_remote=False,
        account=Account(),
    )


@asynccontextmanager
async def watched(meter: PrometheusMeter, *, turns: OpenTurns | None = None) -> AsyncIterator[str]:
    """Serve a health with a meter; yields its address."""

    async def count() -> OpenTurns:
        if turns is None:
            raise Unavailable("error.storage_busy")
        return turns

    notes = FakeNotes()
    health = Health(model_host=FakeBackend().models, database=lambda: notes.write("health", "asked"), turns=count)
    async with served(health, host="127.0.0.1", port=0, meter=meter) as port:
        yield f"http://127.0.0.1:{port}"


async def scraped(address: str) -> Figures:
    async with aiohttp.ClientSession() as session, session.get(f"{address}/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        return figures(await answer.text())


def figures(written: str) -> Figures:
    """Return all samples by name and the values of their labels, which are in the order of their names."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(written)
        for sample in family.samples
    }


async def test_what_was_counted_is_given_under_its_labels() -> None:
    meter = PrometheusMeter(version="1.2.3")
    meter.turn_ended(platform="slack", state="answered", error="", waited_s=3.0)
    meter.turn_ended(platform="slack", state="failed", error="error.host_down", waited_s=1.0)
    meter.model_worked(work(), first_word_s=0.4)
    meter.model_worked(work(), first_word_s=None)
    meter.lessons_answered("refused")
    meter.platform_called(platform="slack", call="chat.update", outcome="limited")
    meter.database_worked("write", 0.004, has_failed=True)

    async with watched(meter, turns=OpenTurns(waiting=2, running=1, oldest_s=7.5)) as address:
        seen = await scraped(address)

    assert seen["lyceum_build_info", ("1.2.3",)] == 1
    assert seen["lyceum_turns_total", ("", "slack", "answered")] == 1
    assert seen["lyceum_turns_total", ("error.host_down", "slack", "failed")] == 1
    assert seen["lyceum_turn_seconds_sum", ("slack",)] == 4
    assert seen["lyceum_completions_total", ("gpu:11434", "falcon:7b")] == 2
    assert seen["lyceum_first_word_seconds_count", ("gpu:11434", "falcon:7b")] == 1
    assert seen["lyceum_model_seconds_total", ("gpu:11434", "falcon:7b")] == 4
    assert seen["lyceum_tokens_total", ("gpu:11434", "answer", "falcon:7b")] == 24
    assert seen["lyceum_lesson_answers_total", ("refused",)] == 1
    assert seen["lyceum_platform_calls_total", ("chat.update", "limited", "slack")] == 1
    assert seen["lyceum_database_errors_total", ("write",)] == 1
    assert seen["lyceum_open_turns", ("waiting",)] == 2
    assert seen["lyceum_oldest_open_turn_seconds", ()] == 7.5
    assert seen["lyceum_part_up", ("database",)] == 1
    assert seen["lyceum_ready", ()] == 0  # no platform is connected


async def test_names_keep_to_the_rules_and_nothing_is_there_twice() -> None:
    async with watched(PrometheusMeter(version="1")) as address, aiohttp.ClientSession() as session:
        written = await (await session.get(f"{address}/metrics")).text()

    families = [family.name for family in text_string_to_metric_families(written)]
    assert len(families) > 10
    assert all(NAME.fullmatch(each) for each in families)
    assert len(families) == len(set(families))
    assert "_created" not in written


async def test_turns_nobody_can_count_now_are_left_as_they_were() -> None:
    async with watched(PrometheusMeter(version="1")) as address:
        seen = await scraped(address)

    assert ("lyceum_open_turns", ("waiting",)) not in seen


async def test_without_a_meter_there_are_no_figures() -> None:
    health = Health(model_host=FakeBackend().models, database=lambda: FakeNotes().write("health", "asked"))
    async with served(health, host="127.0.0.1", port=0) as port, aiohttp.ClientSession() as session:
        for path, status in (("metrics", 404), ("live", 200)):
            assert (await session.get(f"http://127.0.0.1:{port}/{path}")).status == status


@pytest.mark.parametrize(("is_ending", "status"), [(True, 503), (False, 200)])
async def test_who_is_about_to_end_is_not_ready_but_lives(*, is_ending: bool, status: int) -> None:
    health = Health(model_host=FakeBackend().models, database=lambda: FakeNotes().write("health", "asked"))
    connected = SetReadiness()
    health.watch("Slack", connected)
    server = served(health, host="127.0.0.1", port=0, is_draining=lambda: is_ending)
    async with server as port, aiohttp.ClientSession() as session:
        ready = await session.get(f"http://127.0.0.1:{port}/ready")
        live = await session.get(f"http://127.0.0.1:{port}/live")

        assert (ready.status, live.status) == (status, 200)
        assert (await ready.json()).get("draining", False) is is_ending


class SetReadiness:
    def is_set(self) -> bool:
        return True


async def test_many_models_have_one_line_together() -> None:
    meter = PrometheusMeter(version="1")
    for number in range(MOST_MODELS + 50):
        meter.model_worked(work(f"m{number}:1b"), first_word_s=1.0)
    meter.model_worked(work("m0:1b"), first_word_s=1.0)
    async with watched(meter) as address:
        seen = await scraped(address)

    assert seen["lyceum_completions_total", ("gpu:11434", "others")] == 50
    assert seen["lyceum_completions_total", ("gpu:11434", "m0:1b")] == 2


async def test_units_of_work_are_timed_and_those_that_fail_counted(tmp_path: Path) -> None:
    meter, clock = PrometheusMeter(version="1"), SetClock()

    def slow(session: Session) -> int:
        clock.advance(0.3)
        return int(session.execute(text("SELECT 7")).scalar_one())

    def wrong(_: Session) -> None:
        raise LookupError

    async with MeteredDatabase(await open_database(tmp_path / "a.db"), meter, clock=clock) as database:
        assert await database.read(slow) == 7
        with pytest.raises(LookupError):
            await database.write(wrong)
    async with watched(meter) as address:
        seen = await scraped(address)

    assert seen["lyceum_database_seconds_sum", ("read",)] == pytest.approx(0.3)
    assert seen["lyceum_database_seconds_count", ("write",)] == 1
    assert seen["lyceum_database_errors_total", ("write",)] == 1
    assert ("lyceum_database_errors_total", ("read",)) not in seen


@pytest.mark.parametrize(
    ("method", "address", "name"),
    [
        ("POST", "https://discord.com/api/v10/channels/123/messages", "POST channels/messages"),
        ("PATCH", "https://discord.com/api/v10/channels/1/messages/2", "PATCH channels/messages"),
        ("POST", "https://discord.com/api/v10/interactions/1/aW50ZXJhY/callback", "POST interactions/callback"),
        ("PATCH", "https://discord.com/api/v10/webhooks/1/a_x/messages/@original", "PATCH webhooks/messages/@original"),
        ("GET", "https://discord.com/api/v10/users/@me", "GET users/@me"),
        ("PUT", "https://discord.com/api/v10/channels/1/messages/2/reactions/%F0%9F%91%8D/@me",
         "PUT channels/messages/reactions/@me"),
    ],
)  # fmt: skip
def test_a_call_of_discords_is_named_without_ids_and_tokens(method: str, address: str, name: str) -> None:
    assert discord_call(method, URL(address)) == name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://slack.com/api/chat.postMessage", "chat.postMessage"),
        ("https://slack.com/api/apps.connections.open", "apps.connections.open"),
        ("https://files.slack.com/upload/v1/CwABAAAA.secret", "files"),
        ("https://files.slack.com/files-pri/T1-F2/diary.txt", "files"),
        ("https://slack.com/api/", "files"),
    ],
)
def test_a_call_of_slacks_is_named_by_its_method_alone(address: str, name: str) -> None:
    assert slack_call("POST", URL(address)) == name


@pytest.mark.parametrize(
    ("status", "outcome"), [(200, "ok"), (204, "ok"), (429, "limited"), (403, "refused"), (500, "failed")]
)
def test_what_became_of_a_call_is_told_by_its_status(status: int, outcome: str) -> None:
    assert outcome_of(status) == outcome
