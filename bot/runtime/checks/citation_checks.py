"""Looks at where citations of the lessons lead: to which sites and hosts, and of how many files to none."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.domain.check_result import CheckResult, remark, well
from bot.errors import BotError
from bot.runtime.checks.database_checks import opened
from bot.runtime.lesson_index import SAMPLE_SOURCE
from bot.settings import Settings
from bot.storage.lesson_sources import cited_addresses

AREA = "lessons.links"
MOST_HOSTS = 8


async def check_citations(settings: Settings) -> Sequence[CheckResult]:
    """Count the documents by the host they are read at. Whether the index can be read, another check says."""
    try:
        async with opened(settings) as database:
            addresses = await cited_addresses(database, without=SAMPLE_SOURCE) if database else []
    except BotError:
        return []
    hosts: dict[str, int] = {}
    for address in addresses:
        host = urlsplit(address).hostname or ""
        hosts[host] = hosts.get(host, 0) + 1
    without = hosts.pop("", 0)
    named = [f"{host} ({count})" for host, count in sorted(hosts.items(), key=lambda item: (-item[1], item[0]))]
    shown = ", ".join([*named[:MOST_HOSTS], "…"] if len(named) > MOST_HOSTS else named)
    told = [well(AREA, "citations", hosts=shown)] if named else []
    return told + ([remark(AREA, "citations_none", count=without)] if without else [])
