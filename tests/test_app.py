from __future__ import annotations

import asyncio
import importlib.util
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import ConfigurationError, Unavailable
from bot.runtime.supervisor import LONGEST_WAIT_S, STEADY_AFTER_S, supervise, wait_before
from bot.settings.checks import OLLAMA_PORT
from tests.cli_process import TIMEOUT_S, Lyceum, read_until
from tests.clocks import SetClock
from tests.lab.ollama import OllamaLab

DISCORD_TOKEN = "tell.nobody.this"


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaLab]:
    async with OllamaLab() as lab:
        yield lab


@pytest.fixture
def lyceum(tmp_path: Path, ollama: OllamaLab) -> Lyceum:
    return Lyceum(tmp_path, {"OLLAMA__HOSTS": ollama.url})


@pytest.fixture
async def refusing_discord() -> AsyncIterator[str]:
    """The address of a Discord that takes no token."""

    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)

    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", refuse)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    await runner.cleanup()


@pytest.fixture
def unused_default_address() -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", OLLAMA_PORT)) == 0:
            pytest.skip("an Ollama listens at the default address of this machine")


class Flaky:
    """Something to be kept running: each run takes the next outcome, after its seconds."""

    def __init__(self, clock: SetClock, *outcomes: tuple[float, Exception | None]) -> None:
        self._clock = clock
        self._outcomes = list(outcomes)

    async def run(self) -> None:
        seconds, error = self._outcomes.pop(0)
        self._clock.advance(seconds)
        if error:
            raise error


OVER = (0.0, ConfigurationError("discord.token_refused"))


@pytest.mark.parametrize("failure", [OSError("gone"), Unavailable("slack.unreachable"), ValueError("a bug"), None])
async def test_what_ends_is_started_again(failure: Exception | None) -> None:
    clock = SetClock()
    error = await supervise("x", Flaky(clock, (0, failure), OVER).run, clock=clock)

    assert error.key == "discord.token_refused"
    assert len(clock.waits) == 1


async def test_waits_grow_and_are_short_again_after_a_steady_run() -> None:
    clock = SetClock()
    failures = [(0.0, OSError())] * 5 + [(STEADY_AFTER_S + 1, OSError())]
    await supervise("x", Flaky(clock, *failures, OVER).run, clock=clock)

    assert clock.waits[:5] == sorted(clock.waits[:5])
    assert clock.waits[4] > 8
    assert clock.waits[5] <= 1


@pytest.mark.parametrize("failures", [1, 10, 100, 10_000])
def test_a_wait_has_a_bound(failures: int) -> None:
    assert 0 < wait_before(failures) <= LONGEST_WAIT_S


async def test_cancelling_is_not_a_failure() -> None:
    running = asyncio.create_task(supervise("x", asyncio.Event().wait))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_bot_in_order(lyceum: Lyceum, ollama: OllamaLab, number: signal.Signals) -> None:
    unreachable = lyceum.with_(DISCORD__TOKEN=DISCORD_TOKEN, DISCORD__API_URL="http://127.0.0.1:1/api/v10")
    async with unreachable.running("run") as process:
        shown = await read_until(process.stdout, "Ctrl-C ends it, within 10 seconds.")
        await read_until(process.stderr, "adapter.restarts")
        process.send_signal(number)
        async with asyncio.timeout(TIMEOUT_S):
            _, errors = await process.communicate()

    assert process.returncode == 0
    assert shown.splitlines() == [
        "Lyceum 0.1.0",
        "  Discord: on",
        "  Slack: off (not set: LYCEUM_SLACK__BOT_TOKEN, LYCEUM_SLACK__APP_TOKEN)",
        f"  Models: Models come from {ollama.url}: 3 installed that can chat.",
        "  Default model: think-demo:latest",
        "  Database: data/lyceum.db",
        "Ctrl-C ends it, within 10 seconds.",
    ]
    assert b"Traceback" not in errors


async def test_the_bot_starts_although_the_model_host_is_silent(lyceum: Lyceum) -> None:
    alone = lyceum.with_(
        OLLAMA__HOSTS="127.0.0.1:1", DISCORD__TOKEN=DISCORD_TOKEN, DISCORD__API_URL="http://127.0.0.1:1/api/v10"
    )
    async with alone.running("run") as process:
        shown = await read_until(process.stdout, "Ctrl-C ends it")

    assert "http://127.0.0.1:1 does not answer." in shown
    assert "Default model: none yet" in shown


@pytest.mark.skipif(importlib.util.find_spec("xllamacpp") is None, reason="the embedded model is not installed")
@pytest.mark.usefixtures("unused_default_address")
async def test_without_any_ollama_the_embedded_model_answers(tmp_path: Path) -> None:
    done = await Lyceum(tmp_path, {})("chat", said=b"/model list\n")

    assert done.out.startswith("No Ollama answers at http://127.0.0.1:11434, so a small demonstration model")
    assert "smollm2:135m-instruct" in done.out


async def test_a_named_host_that_is_silent_is_not_replaced_by_the_embedded_model(tmp_path: Path) -> None:
    done = await Lyceum(tmp_path, {"OLLAMA__HOSTS": "127.0.0.1:1"})("chat", said=b"/model list\n")

    assert "demonstration" not in done.out
    assert "I cannot reach the model host now" in done.out


async def test_a_refused_token_ends_the_bot_with_the_sentence(lyceum: Lyceum, refusing_discord: str) -> None:
    done = await lyceum.with_(DISCORD__TOKEN=DISCORD_TOKEN, DISCORD__API_URL=refusing_discord)("run")

    assert done.code == 2
    assert "Discord is off:" in done.out
    assert "LYCEUM_DISCORD__TOKEN" in done.out
    assert DISCORD_TOKEN not in done.out + done.err
    assert done.is_plain


async def test_logs_are_json_where_asked_and_never_hold_a_token(lyceum: Lyceum, refusing_discord: str) -> None:
    chosen = {"LOG__FORMAT": "json", "LOG__LEVEL": "debug"}
    done = await lyceum.with_(DISCORD__TOKEN=DISCORD_TOKEN, DISCORD__API_URL=refusing_discord, **chosen)("run")

    assert DISCORD_TOKEN not in done.err
    assert [line for line in done.err.splitlines() if not line.startswith("{")] == []
