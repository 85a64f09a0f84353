"""What the bot says of its own accord, in a channel: posted once, whoever tries it however often."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta

import structlog

from adapters.base import Announcement, Poster, PostFailed, Undeliverable
from adapters.delivery.deliver import deliver
from adapters.delivery.keys import PostKey
from adapters.delivery.layout import Rules
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Completion, FinishReason, ReplyPart

# How far a platform's clock may be behind ours: what an earlier try posted is looked for from so long before it.
CLOCKS_APART = timedelta(minutes=5)
log = structlog.get_logger(__name__)


async def announced(
    announcement: Announcement,
    where: Address,
    poster: Poster,
    *,
    rules: Rules,
    clock: Clock = SYSTEM_CLOCK,
) -> bool:
    """Say it; whether it is there now, from this try or an earlier one."""
    try:
        if announcement.is_again and await poster.find(PostKey(announcement.key, 0).written):
            return True
    except (PostFailed, Undeliverable) as error:
        log.warning("announcement.not_sought", key=announcement.key, cause=str(error))
        return False
    parts = await announcement.parts(where)
    if not parts:
        return True
    shown: list[bool] = []
    refusals: list[Undeliverable] = []

    async def hear(refusal: Undeliverable) -> None:
        refusals.append(refusal)

    await deliver(
        _shown_at_the_end(parts, shown),
        poster,
        key=announcement.key,
        locale=announcement.language,
        rules=rules,
        clock=clock,
        on_refused=hear,
    )
    return bool(shown) and not refusals


async def _shown_at_the_end(parts: Sequence[ReplyPart], shown: list[bool]) -> AsyncGenerator[ReplyPart, None]:
    """Yield the parts, and note when all of them are shown, or refused for good: only then more is asked for."""
    for part in parts:
        yield part
    yield Completion(reason=FinishReason.STOP, model="")
    shown.append(True)
