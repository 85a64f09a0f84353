"""What machines that watch the bot are told."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.domain import Notice
from bot.engine.turn_watch import HungTurns
from bot.errors import ConfigurationError, Unavailable
from bot.i18n import sentence
from bot.observe.health import Health, OpenTurns, as_json
from bot.observe.health_server import served
from tests.clocks import SetClock
from tests.engine.talk import until
from tests.fakes import FakeBackend
from tests.memory import FakeNotes


class Rig:
    """A health over a fake host and a fake store, with two platforms and a clock one sets."""

    def __init__(self, *, max_age_s: float = 0, within_s: float = 5) -> None:
        self.backend, self.notes = FakeBackend(), FakeNotes()
        self.discord, self.slack = asyncio.Event(), asyncio.Event()
        self.clock = SetClock()
        self.turns: OpenTurns | Unavailable = OpenTurns(waiting=2, running=1, oldest_s=3.14159)
        self.hung = HungTurns()
        self.holds = False
        self.asked = 0
        self.health = Health(
            model_host=self.models,
            database=lambda: self.notes.write("health", "asked"),
            turns=self.count,
            hung=lambda: self.hung,
            clock=self.clock,
            max_age_s=max_age_s,
            within_s=within_s,
        )
        self.health.watch("Discord", self.discord)
        self.health.watch("Slack", self.slack)
        self.discord.set()
        self.slack.set()

    async def models(self) -> None:
        self.asked += 1
        if self.holds:
            await asyncio.Event().wait()
        await self.backend.models()

    async def count(self) -> OpenTurns:
        if isinstance(self.turns, Unavailable):
            raise self.turns
        return self.turns

    async def told(self) -> dict[str, Any]:
        return as_json(await self.health.look())


async def get(port: int, path: str) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as response,
    ):
        return response.status, await response.json()


async def test_all_is_well() -> None:
    told = await Rig().told()

    assert told == {
        "well": True,
        "ready": True,
        "adapters": {
            "Discord": {"connected": True, "since": "2026-11-23T12:00:00+00:00"},
            "Slack": {"connected": True, "since": "2026-11-23T12:00:00+00:00"},
        },
        "model_host": {"ok": True, "error": None, "since": "2026-11-23T12:00:00+00:00"},
        "database": {"ok": True, "error": None, "since": "2026-11-23T12:00:00+00:00"},
        "turns": {"waiting": 2, "running": 1, "oldest_s": 3.1},
    }


async def test_turns_that_hang_are_told_and_nothing_is_well_meanwhile() -> None:
    rig = Rig()
    rig.hung = HungTurns(now=2, ended=3)
    told = await rig.told()
    rig.hung = HungTurns(now=0, ended=3)
    later = await rig.told()

    assert (told["well"], told["ready"], told["hung_turns"]) == (False, True, {"now": 2, "ended": 3})
    assert (later["well"], later["hung_turns"]) == (True, {"now": 0, "ended": 3})


async def test_an_adapter_that_lost_its_platform_says_since_when() -> None:
    rig = Rig()
    await rig.told()
    rig.discord.clear()
    rig.clock.advance(60)
    await rig.told()
    rig.clock.advance(300)

    told = await rig.told()

    assert told["adapters"]["Discord"] == {"connected": False, "since": "2026-11-23T12:01:00+00:00"}
    assert (told["well"], told["ready"]) == (False, True)


async def test_an_adapter_that_never_connected_is_not_connected() -> None:
    rig = Rig()
    rig.health.watch("Console", asyncio.Event())

    assert (await rig.told())["adapters"]["Console"]["connected"] is False


async def test_without_any_platform_nothing_is_ready() -> None:
    rig = Rig()
    rig.discord.clear()
    rig.slack.clear()

    assert (await rig.told())["ready"] is False


async def test_a_model_host_that_is_down_is_told_by_its_error_and_messages_are_still_taken() -> None:
    rig = Rig()
    rig.backend.down = Unavailable("error.host_unreachable", host="fake")

    told = await rig.told()

    assert told["model_host"]["error"] == "error.host_unreachable"
    assert (told["well"], told["ready"]) == (False, True)


async def test_a_model_host_that_says_nothing_is_not_waited_for() -> None:
    rig = Rig(within_s=0.01)
    rig.holds = True

    assert (await rig.told())["model_host"]["error"] == "timeout"


async def test_a_store_that_cannot_write_is_not_ready() -> None:
    rig = Rig()
    rig.notes.broken = Unavailable("error.storage_full")

    told = await rig.told()

    assert told["database"]["error"] == "error.storage_full"
    assert told["ready"] is False


async def test_turns_nobody_can_count_are_left_open() -> None:
    rig = Rig()
    rig.turns = Unavailable("error.storage_busy")

    assert (await rig.told())["turns"] is None


async def test_a_report_of_a_moment_ago_is_good_enough() -> None:
    rig = Rig(max_age_s=3600)
    await asyncio.gather(*(rig.told() for _ in range(20)))

    assert rig.asked == 1


async def test_a_change_is_logged_once_in_one_line() -> None:
    rig = Rig()
    with capture_logs() as lines:
        await rig.told()
        rig.backend.down = Unavailable("error.host_busy")
        await rig.told()
        await rig.told()

    assert [(line["log_level"], line["model_host"]) for line in lines] == [
        ("info", "ok"),
        ("warning", "error.host_busy"),
    ]
    assert lines[1]["Discord"] == "ok"


async def test_changes_are_noticed_when_nobody_asks() -> None:
    rig = Rig()
    with capture_logs() as lines:
        watching = asyncio.create_task(rig.health.keep_watch(every_s=0.01))
        await until(lambda: len(lines) == 1)
        rig.slack.clear()
        await until(lambda: len(lines) == 2)
        watching.cancel()

    assert lines[1]["Slack"] == "not_connected"


async def test_it_is_served_as_json_with_a_status_machines_understand() -> None:
    rig = Rig()
    async with served(rig.health, host="127.0.0.1", port=0) as port:
        well = await get(port, "/health")
        rig.backend.down = Unavailable("error.host_unreachable", host="fake")
        unwell = await get(port, "/health")
        ready = await get(port, "/ready")
        rig.notes.broken = Unavailable("error.storage_failed")
        not_ready = await get(port, "/ready")

    assert (well[0], well[1]["turns"]["waiting"]) == (200, 2)
    assert (unwell[0], unwell[1]["model_host"]["error"]) == (503, "error.host_unreachable")
    assert ready == (200, {"ready": True})
    assert not_ready == (503, {"ready": False})


async def test_a_port_that_is_taken_is_the_operators_to_change() -> None:
    rig = Rig()
    async with served(rig.health, host="127.0.0.1", port=0) as port:
        with pytest.raises(ConfigurationError) as refused:
            async with served(rig.health, host="127.0.0.1", port=port):
                pass

    assert "LYCEUM_HEALTH__PORT" in sentence(Notice(refused.value.key, refused.value.parameters), "en")


async def test_lessons_that_could_not_be_taken_in_anew_are_told_and_take_nothing_from_readiness() -> None:
    rig, failed = Rig(), [Unavailable("error.lessons_git", address="a", reason="404")]

    async def lessons() -> None:
        if failed:
            raise failed[0]

    health = Health(
        model_host=rig.models, database=lambda: rig.notes.write("health", "x"), lessons=lessons, max_age_s=0
    )
    health.watch("Discord", rig.discord)
    told = await health.look()
    failed.clear()
    again = await health.look()

    assert told.lessons
    assert '"error": "error.lessons_git"' in json.dumps(as_json(told)["lessons"])
    assert (told.is_well, told.is_ready, again.is_well) == (False, True, True)


async def test_lessons_that_are_not_taken_in_by_themselves_are_not_told_of() -> None:
    assert "lessons" not in await Rig().told()
