"""What the operator's settings open, written in the audit log when it is another than at the start before."""

from __future__ import annotations

from bot.domain.deeds import Deed, DeedKind
from bot.ports import AuditLog
from bot.settings import Settings

OPEN = "open"


def openings(settings: Settings) -> dict[str, bool]:
    """Return by variable whether it opens the bot further than it is by default: to whom it listens, where words go."""
    return {
        "LYCEUM_MODEL__ALLOW_REMOTE": settings.model.allow_remote,
        "LYCEUM_DISCORD__MESSAGE_CONTENT": settings.discord.message_content,
        "LYCEUM_INPUT__FOLLOW": settings.input.follow == "everyone",
    }


async def note_openings(settings: Settings, audit: AuditLog) -> None:
    """Write down what was opened or closed since the last start, once for all processes.

    Raises:
        Unavailable: the database is locked.
    """
    for variable, is_open in openings(settings).items():
        deed = Deed(kind=DeedKind.OPENED if is_open else DeedKind.CLOSED, other=variable)
        await audit.note_change(f"setting.{variable}", deed, value=OPEN if is_open else "")
