"""What the rooms of one connection share, and the little things they all do."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from adapters.base import Content, PostFailed, Undeliverable
from adapters.closed_places import Asker
from adapters.delivery.layout import Rules
from adapters.sent_files import SentFiles
from adapters.slack.buttons import Controls
from adapters.slack.calls import Web
from adapters.slack.homes import Homes
from adapters.slack.payload import is_direct
from adapters.slack.people import People
from adapters.slack.place import EphemeralPlace, Identity
from adapters.slack.private_poster import PrivatePoster
from adapters.slack.refusals import CALL_ERRORS
from adapters.slack.seals import Seals
from adapters.tasks import Tasks
from bot.clock import Clock
from bot.domain import Address, Notice
from bot.engine.engine import Engine
from bot.i18n import sentence

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One connection to one workspace, or to those of an organisation."""

    engine: Engine
    web: Web
    people: People
    identity: Identity
    homes: Homes
    seals: Seals
    tasks: Tasks
    clock: Clock
    files: SentFiles
    rules: Rules
    controls: Controls = field(default_factory=Controls)

    def spawn(self, work: Coroutine[Any, Any, object], name: str) -> None:
        """Run something to its end, in a task that the connection owns."""
        self.tasks.spawn(work, name=f"slack {name}")

    def private_poster(self, corner: EphemeralPlace, locale: str, turn_id: int | None = None) -> PrivatePoster:
        """Make the poster of what one person alone reads."""
        return PrivatePoster(web=self.web, corner=corner, locale=locale, turn_id=turn_id, controls=self.controls)

    async def tell(self, notice: Notice, corner: EphemeralPlace, locale: str) -> None:
        """Tell one person something; where that fails, it costs a convenience."""
        try:
            await self.private_poster(corner, locale).post(Content(sentence(notice, locale)), key="")
        except (PostFailed, Undeliverable) as error:
            log.info("slack.not_told", error=str(error))

    async def tell_elsewhere(self, asker: Asker, key: str) -> None:
        """See `adapters.closed_places.TellElsewhere`: beside the place where that is open, else directly."""
        channel, person = asker.address.channel, asker.person
        if is_direct(channel):
            return  # it is the direct messages that are closed
        notice = Notice(key, {"place": f"<#{channel}>"})
        words = sentence(notice, person.locale)
        calls = self.web.with_retries
        ways = (
            partial(calls.chat_postEphemeral, channel=channel, user=person.id),
            partial(calls.chat_postMessage, channel=person.id, unfurl_links=False, unfurl_media=False),
        )
        failed: PostFailed | None = None
        for way in ways:
            try:
                await self.web.wording.say(way, words, anew=False)
            except Undeliverable as error:
                log.info("slack.asker_not_told", error=str(error))
            except PostFailed as error:
                failed = error
            else:
                return
        if failed:
            raise failed

    def note_closed(self, address: Address, missing: str) -> None:
        """See `adapters.closed_places.NoteClosed`. Slack's code says what is missing."""
        log.warning("slack.may_not_write", workspace=address.workspace, channel=address.channel, missing=missing)

    async def quietly(self, call: Coroutine[Any, Any, Any]) -> bool:
        """Carry out a call whose failure costs a convenience, no answer; return whether it succeeded."""
        try:
            await call
        except CALL_ERRORS as error:
            log.info("slack.call_failed", error=type(error).__name__)
            return False
        return True
