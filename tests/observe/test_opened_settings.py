"""What settings open is in the audit log: once, however many processes start, and when it is closed again."""

from __future__ import annotations

from bot.domain.deeds import DeedFilter, DeedKind
from bot.runtime.opened_settings import note_openings
from bot.settings import Settings
from bot.settings.model_settings import ModelSettings
from tests.memory import FakeAuditLog

CLOSED, OPEN = Settings(), Settings(model=ModelSettings(allow_remote=True))


async def noted(*starts: Settings) -> list[tuple[DeedKind, str]]:
    audit = FakeAuditLog()
    for settings in starts:
        await note_openings(settings, audit)
    return [(logged.deed.kind, logged.deed.other) for logged in await audit.deeds(DeedFilter())]


async def test_nothing_is_said_where_all_is_as_it_comes() -> None:
    assert await noted(CLOSED, CLOSED) == []


async def test_what_is_opened_is_said_once_and_that_it_is_closed_again() -> None:
    remote = "LYCEUM_MODEL__ALLOW_REMOTE"

    assert await noted(CLOSED, OPEN, OPEN, OPEN, CLOSED) == [(DeedKind.CLOSED, remote), (DeedKind.OPENED, remote)]
