"""Looks at the machine: its files, the port of the health endpoint, its clock, and the variables that name proxies."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

import aiohttp

from bot.clock import Clock
from bot.domain.check_result import CheckResult, problem, told, well
from bot.llm.client_environment import UNPROXIED, is_proxy
from bot.runtime.private_files import open_files
from bot.settings import Settings

ASK_S = 3.0
MOST_SKEW = timedelta(seconds=60)


async def check_files(settings: Settings) -> Sequence[CheckResult]:
    """Look who may read what the bot keeps."""
    open_ones = await asyncio.to_thread(open_files, settings)
    return [told("files", notice, shows="no_one_sees") for notice in open_ones] or [well("files", "files_private")]


async def check_port(settings: Settings) -> Sequence[CheckResult]:
    """Try to listen where the health endpoint would; a bot that runs there already is no fault."""
    host, port = settings.health.host, settings.health.port
    if port is None:
        return []
    where = {"host": host, "port": port}
    try:
        await asyncio.to_thread(_listen, host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            if await _is_ours(host, port):
                return [well("port", "port_ours", **where)]
            return [problem("port", "port_taken", shows="no_start", **where)]
        key = "port_right" if error.errno == errno.EACCES else "port_address"
        return [problem("port", key, shows="no_start", **where)]
    return [well("port", "port_free", **where)]


def _listen(host: str, port: int) -> None:
    """Raise OSError: nobody may listen there, or somebody does."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as tried:
        if os.name != "nt":
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(address)
        tried.listen()


async def _is_ours(host: str, port: int) -> bool:
    answering = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked, not bound
    shown = f"[{answering}]" if ":" in answering else answering
    timeout = aiohttp.ClientTimeout(total=ASK_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://{shown}:{port}/health") as got,
        ):
            said = await got.json(content_type=None)
    except (aiohttp.ClientError, OSError, ValueError):
        return False
    return isinstance(said, dict) and {"well", "adapters", "model_host"} <= said.keys()


async def check_clock(addresses: Sequence[str], *, others: Sequence[str], clock: Clock) -> Sequence[CheckResult]:
    """Compare this machine's time with the platforms'; with that of other servers where no platform tells its own."""
    skews = await _skews(addresses, clock) or await _skews(others, clock)
    if not skews:
        return []
    least = min(skews, key=abs)
    if abs(least) > MOST_SKEW:
        return [problem("clock", "clock_wrong", shows="clock", seconds=round(least.total_seconds()))]
    return [well("clock", "clock_right", seconds=round(abs(least.total_seconds())))]


async def _skews(addresses: Sequence[str], clock: Clock) -> Sequence[timedelta]:
    told_times = await asyncio.gather(*(_time_of(address) for address in addresses))
    return [clock.utc() - there for there in told_times if there is not None]


async def _time_of(address: str) -> datetime | None:
    timeout = aiohttp.ClientTimeout(total=ASK_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.head(address, allow_redirects=False) as response,
        ):
            if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return None
            written = response.headers.get("Date", "")
            return parsedate_to_datetime(written).astimezone(UTC) if written else None
    except (aiohttp.ClientError, OSError, ValueError):
        return None


async def check_proxies(settings: Settings) -> Sequence[CheckResult]:
    """Look whether what should stay inside goes to a proxy, and whether a proxy's address can be one."""
    proxies = getproxies_environment()
    hosts = () if settings.model.embedded == "always" else settings.ollama.hosts
    return [*_wrong_proxies(proxies), *_proxied_hosts(hosts, proxies)]


def _wrong_proxies(proxies: dict[str, str]) -> Iterator[CheckResult]:
    for kind in ("http", "https", "all"):
        address = proxies.get(kind, "")
        if address and not is_proxy(address):
            yield problem("proxy", "proxy_wrong", shows="unsure", variable=f"{kind.upper()}_PROXY")


def _proxied_hosts(addresses: Sequence[str], proxies: dict[str, str]) -> Iterator[CheckResult]:
    for address in addresses:
        parts = urlsplit(address)
        host, kind = parts.hostname or "", parts.scheme
        used = kind if kind in proxies else "all"
        if (
            used in proxies
            and host not in UNPROXIED
            and _is_inside(host)
            and not proxy_bypass_environment(host, proxies)
        ):
            yield problem("proxy", "proxy_host", shows="no_answers", host=host, variable=f"{used.upper()}_PROXY")


def _is_inside(host: str) -> bool:
    """Whether a name or an address is of this machine or of a network inside: no proxy has business there."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan"))
