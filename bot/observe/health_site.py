"""Health over HTTP: `GET /health` for alarms and people, `GET /ready` for what sends messages on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError
from bot.observe.health import Health, as_json

if TYPE_CHECKING:
    from aiohttp import web


@asynccontextmanager
async def served(health: Health, *, host: str, port: int) -> AsyncIterator[int]:
    """Answer over HTTP while the context lasts; yields the port, which the system chooses for port 0.

    Raises:
        ConfigurationError: the address cannot be listened on.
    """
    # Half a second of import that nobody pays for who does not ask for it.
    from aiohttp import web

    async def say_health(_: web.Request) -> web.Response:
        report = await health.look()
        return _answer(as_json(report), is_good=report.is_well)

    async def say_ready(_: web.Request) -> web.Response:
        report = await health.look()
        return _answer({"ready": report.is_ready}, is_good=report.is_ready)

    app = web.Application()
    app.add_routes([web.get("/health", say_health), web.get("/ready", say_ready)])
    runner = web.AppRunner(app, access_log=None)
    try:
        await runner.setup()
        await _listen(web.TCPSite(runner, host, port), host, port)
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _listen(site: web.TCPSite, host: str, port: int) -> None:
    try:
        await site.start()
    except OSError as error:
        raise ConfigurationError("health.refused", host=host, port=port, reason=error.strerror or "") from error


def _answer(content: dict[str, object], *, is_good: bool) -> web.Response:
    from aiohttp import web

    status = HTTPStatus.OK if is_good else HTTPStatus.SERVICE_UNAVAILABLE
    return web.json_response(content, status=status, headers={"Cache-Control": "no-store"})
