"""How the bot fares, over HTTP, for machines that watch it.

`GET /live`: the process answers. `GET /ready`: messages are heard and kept, and no end is near. `GET /health`: every
part works. `GET /metrics`: figures for Prometheus, where they are counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError
from bot.observe.health import Health, as_json

if TYPE_CHECKING:
    from aiohttp import web

    from bot.observe.prometheus_meter import PrometheusMeter

NOT_STORED = {"Cache-Control": "no-store"}


@asynccontextmanager
async def served(
    health: Health,
    *,
    host: str,
    port: int,
    meter: PrometheusMeter | None = None,
    is_draining: Callable[[], bool] = lambda: False,
) -> AsyncIterator[int]:
    """Answer over HTTP while the context lasts; yields the port, which the system chooses for port 0.

    `is_draining` says whether the process is about to end: whoever sends it work by its readiness is to send no more.

    Raises:
        ConfigurationError: the address cannot be listened on.
    """
    # Half a second of import that nobody pays for who does not ask for it.
    from aiohttp import web

    async def say_live(_: web.Request) -> web.Response:
        return _answer({"live": True}, is_good=True)

    async def say_health(_: web.Request) -> web.Response:
        report = await health.look()
        return _answer(as_json(report), is_good=report.is_well)

    async def say_ready(_: web.Request) -> web.Response:
        draining = {"draining": True} if is_draining() else {}
        is_ready = not draining and (await health.look()).is_ready
        return _answer({"ready": is_ready, **draining}, is_good=is_ready)

    async def say_figures(_: web.Request) -> web.Response:
        assert meter
        report = await health.look()
        # Tens of milliseconds with many models: others are answered meanwhile.
        written = await asyncio.to_thread(meter.written, report)
        return web.Response(body=written, headers={"Content-Type": meter.content_type, **NOT_STORED})

    app = web.Application()
    app.add_routes([web.get("/live", say_live), web.get("/health", say_health), web.get("/ready", say_ready)])
    if meter:
        app.add_routes([web.get("/metrics", say_figures)])
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
    return web.json_response(content, status=status, headers=NOT_STORED)
