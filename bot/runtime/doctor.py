"""`lyceum doctor`: asks everything that the settings name, side by side, and says of each fault what to do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from adapters.checkups import Check, side_by_side
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Notice
from bot.domain.check_result import CheckResult, CheckState, problem, told
from bot.errors import UserError
from bot.runtime.checks.citation_checks import check_citations
from bot.runtime.checks.database_checks import check_database, opened
from bot.runtime.checks.engine_checks import check_engines
from bot.runtime.checks.lesson_checks import check_lessons
from bot.runtime.checks.machine_checks import check_clock, check_files, check_port, check_proxies
from bot.runtime.checks.model_checks import check_models
from bot.runtime.platforms import PLATFORMS, CheckupRequest, Platform, switched_on
from bot.settings import Settings
from bot.storage.note_store import SqlNotes


async def examine(settings: Settings, *, channel: str = "", clock: Clock = SYSTEM_CLOCK) -> Sequence[CheckResult]:
    """Look at everything; `channel` is one to be looked at besides: `discord:123`, or the id alone.

    Raises:
        UserError: it cannot be the id of a channel on a platform that is on.
    """
    platform_name, channel_id = _asked_channel(settings, channel)
    platforms = switched_on(settings)
    checks: dict[str, Check] = {
        "database": partial(check_database, settings),
        "files": partial(check_files, settings),
        "models": partial(check_models, settings, clock),
        "engines": partial(check_engines, settings, clock),
        "lessons": partial(check_lessons, settings),
        "citations": partial(check_citations, settings),
    }
    for platform in platforms:
        wanted = channel_id if platform.name == platform_name else ""
        checks[platform.name.lower()] = partial(_ask, platform, settings, wanted, clock)
    checks |= {
        "port": partial(check_port, settings),
        "proxy": partial(check_proxies, settings),
        "clock": partial(
            check_clock, [each.address(settings) for each in platforms], others=settings.ollama.hosts, clock=clock
        ),
    }
    found = [CheckResult("settings", CheckState.WELL, Notice("doctor.settings")), *await side_by_side(checks)]
    if not platforms:
        found.append(told("platforms", Notice("run.nothing"), shows="nobody_hears"))
    return [*found, *_access(settings, platform_name, channel_id)]


async def _ask(platform: Platform, settings: Settings, channel: str, clock: Clock) -> Sequence[CheckResult]:
    async with opened(settings) as database:
        notes = SqlNotes(database, clock=clock) if database else None
        return await platform.checkup(CheckupRequest(settings=settings, channel=channel, notes=notes))()


def _asked_channel(settings: Settings, channel: str) -> tuple[str, str]:
    """Return the platform's name and the channel's id there; "" and "" where none is asked about."""
    if not channel:
        return "", ""
    prefix, _, channel_id = channel.rpartition(":")
    for platform in PLATFORMS:
        is_meant = prefix.lower() == platform.name.lower() if prefix else platform.channel_ids.fullmatch(channel_id)
        if is_meant and platform.channel_ids.fullmatch(channel_id) and platform.is_on(settings):
            return platform.name, channel_id
    raise UserError("doctor.channel", channel=channel)


def _access(settings: Settings, platform_name: str, channel_id: str) -> Sequence[CheckResult]:
    """Tell of a channel in which the settings let the bot answer nobody."""
    qualified = f"{platform_name.lower()}:{channel_id}"
    if not channel_id or not settings.access.channels or qualified in settings.access.channels:
        return []
    return [problem("access", "channel_not_listed", shows="channel_silent", channel=qualified)]
