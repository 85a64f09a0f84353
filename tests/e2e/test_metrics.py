"""What machines see of the whole product at work: its figures, and that it is about to end."""

from __future__ import annotations

import asyncio

import aiohttp

from tests.doctor.setup import free_port
from tests.e2e.doors import Doors
from tests.observe.test_metrics import Figures, figures


async def asked(session: aiohttp.ClientSession, address: str) -> tuple[int, str]:
    async with session.get(address) as answer:
        return answer.status, await answer.text()


def total(seen: Figures, name: str, *labels: str) -> float:
    """Return the sum of all figures of a name that have these labels."""
    return sum(value for (each, values), value in seen.items() if each == name and set(labels) <= set(values))


async def test_turns_calls_models_and_lessons_are_counted_and_no_word_of_them_is_told(doors: Doors) -> None:
    port = free_port()
    doors.lyceum.variables["HEALTH__PORT"] = str(port)
    async with aiohttp.ClientSession() as session, doors.open():
        await doors.ask_on_discord("Where do OWL-4711 sleep?")
        await doors.ask_on_slack("Where do OWL-4711 sleep?")
        await doors.ask_lessons_on_slack("Which OWL-4711 is refundable on Sundays?")
        for _ in range(100):
            _, written = await asked(session, f"http://127.0.0.1:{port}/metrics")
            seen = figures(written)
            if total(seen, "lyceum_turns_total", "answered") >= 3:
                break
            await asyncio.sleep(0.1)

    assert total(seen, "lyceum_turns_total", "discord", "answered") == 1
    assert total(seen, "lyceum_turns_total", "slack", "answered") == 2
    assert total(seen, "lyceum_completions_total", "falcon:7b") == 2
    assert total(seen, "lyceum_first_word_seconds_count", "falcon:7b") == 2
    assert total(seen, "lyceum_lesson_answers_total", "refused") == 1
    assert total(seen, "lyceum_platform_calls_total", "discord", "POST channels/messages", "ok") >= 1
    assert total(seen, "lyceum_platform_calls_total", "slack", "ok") >= 2
    assert total(seen, "lyceum_database_seconds_count", "write") > 5
    assert total(seen, "lyceum_part_up") == 4
    assert "OWL" not in written
    assert all(each not in written for each in (doors.ada_here.id, doors.channel_here.id, doors.slack.bot_token))


async def test_before_it_stops_it_answers_on_and_says_that_it_ends(doors: Doors) -> None:
    port = free_port()
    doors.lyceum.variables.update({"HEALTH__PORT": str(port), "HEALTH__DRAIN_S": "3"})
    address = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session, doors.lyceum.running("run") as process:
        await doors.discord.gateway.connected()
        await doors.slack.socket.connected()
        before = await asked(session, f"{address}/ready")
        process.terminate()
        await asyncio.sleep(0.3)
        draining = await asked(session, f"{address}/ready")
        live = await asked(session, f"{address}/live")
        answer = await doors.ask_on_discord("Where do owls sleep?")
        async with asyncio.timeout(20):
            await process.communicate()

    assert before == (200, '{"ready": true}')
    assert draining == (503, '{"ready": false, "draining": true}')
    assert live[0] == 200
    assert answer
    assert process.returncode == 0
