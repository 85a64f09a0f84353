"""Buttons under answers: a press is acknowledged, then calls its command; one that asks opens a form first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck

from adapters.base import Poster
from adapters.buttons import Press, decode
from adapters.slack.forms import ANSWER, asking_form, refused
from adapters.slack.interactions import Pressed, Submitted, parse_press, parse_submitted
from adapters.slack.payload import Malformed, address_of
from adapters.slack.place import Corner, Place
from adapters.slack.replies import Answers
from adapters.slack.workspace import Desk
from bot.domain import Address, CommandCall, Notice
from bot.engine.commands import CommandKind, kind_of
from bot.engine.numbers import number_in
from bot.errors import BotError
from bot.i18n import sentence

log = structlog.get_logger(__name__)


class Presses:
    """Carries out what buttons call."""

    def __init__(self, desk: Desk, answers: Answers) -> None:
        self._desk = desk
        self._answers = answers

    async def on_press(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge a press and do what the button says."""
        await ack()
        try:
            pressed = parse_press(body)
        except Malformed as error:
            log.warning("slack.press_malformed", missing=str(error))
            return
        self._desk.spawn(self._take(pressed), "press")

    async def on_asked(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge the form a button had opened and do what the button says."""
        try:
            submitted = parse_submitted(body)
            pressed = _restored(submitted)
            called = decode(pressed.value)
        except (Malformed, BotError) as error:
            log.warning("slack.form_malformed", missing=str(error))
            await ack(**refused(ANSWER, sentence(Notice("slack.form_unread"), "en")))
            return
        await ack()
        said = submitted.values.get(ANSWER, "").strip()
        arguments = {**called.arguments, **({called.asks: said} if said else {})}
        self._desk.spawn(self._call(pressed, called._replace(arguments=arguments)), called.command)

    async def on_stop(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge a press of our Stop and stop the turn."""
        await ack()
        try:
            pressed = parse_press(body)
        except Malformed as error:
            log.warning("slack.press_malformed", missing=str(error))
            return
        turn_id = number_in(pressed.value) or 0  # no turn's: then there is nothing to stop
        self._desk.spawn(self.stop(turn_id, pressed.address, pressed.corner), "stop")

    async def stop(self, turn_id: int, address: Address, corner: Corner) -> None:
        """Stop a turn for a person, and tell them what became of it."""
        person = await self._desk.people.find(corner.user)
        try:
            notice = await self._desk.engine.stop(turn_id, person=person, address=address)
        except BotError as error:
            notice = Notice(error.key, error.parameters)
        await self._desk.tell(notice, corner, person.locale)

    async def _take(self, pressed: Pressed) -> None:
        person = await self._desk.people.find(pressed.corner.user)
        try:
            called = decode(pressed.value)
            self._desk.engine.check(person=person, address=pressed.address, command=called.command)
        except BotError as error:
            await self._desk.refuse(error, pressed.corner, person.locale)
            return
        if not called.asks:
            await self._call(pressed, called)
            return
        form = asking_form(called, title=pressed.label, kept=_kept(pressed), locale=person.locale)
        opening = self._desk.web.hasty.views_open(trigger_id=pressed.trigger_id, view=form)
        if not await self._desk.quietly(opening):
            await self._desk.tell(Notice("slack.form_failed"), pressed.corner, person.locale)

    async def _call(self, pressed: Pressed, called: Press) -> None:
        person = await self._desk.people.find(pressed.corner.user)
        call = CommandCall(
            event_id=pressed.trigger_id,
            address=pressed.address,
            person=person,
            command=called.command,
            arguments=called.arguments,
            direct=pressed.direct,
        )
        try:
            if kind_of(call.command) is CommandKind.ANSWER_AGAIN:
                if turn := await self._desk.engine.press(call):
                    self._answers.begin(turn, url=pressed.corner.url)
                return
            is_new = await self._desk.engine.accept_call(call)
        except BotError as error:
            await self._desk.refuse(error, pressed.corner, person.locale)
            return
        if is_new and kind_of(call.command) is CommandKind.PUBLIC:
            await self._desk.run_openly(call, self._open_poster(pressed, call), pressed.corner)
        elif is_new:
            await self._desk.run(call, self._desk.private_poster(pressed.corner, person.locale))

    def _open_poster(self, pressed: Pressed, call: CommandCall) -> Poster:
        corner = pressed.corner
        place = Place(
            channel=corner.channel,
            thread=corner.thread,
            asked=pressed.ts,
            user=corner.user,
            workspace=call.address.workspace,
        )
        return self._answers.call_poster(place, replace(call.address, thread=corner.thread), call.person.locale)


def _kept(pressed: Pressed) -> dict[str, str]:
    corner = pressed.corner
    return {
        "button": pressed.value,
        "ts": pressed.ts,
        "channel": corner.channel,
        "thread": corner.thread,
        "where": pressed.address.thread,
        "direct": "yes" if pressed.direct else "",
        "url": corner.url,
    }


def _restored(submitted: Submitted) -> Pressed:
    """Return the press that opened the form; it is now known by the form's id, which is sent off once."""
    kept = submitted.kept
    try:
        corner = Corner(kept["channel"], submitted.user, kept["thread"], kept["url"])
        return Pressed(
            trigger_id=submitted.view_id,
            ts=kept["ts"],
            value=kept["button"],
            label="",
            address=address_of(submitted.workspace, kept["channel"], kept["where"]),
            corner=corner,
            direct=bool(kept["direct"]),
        )
    except KeyError as error:
        raise Malformed(f"view.private_metadata.{error.args[0]}") from error
