"""Where what people do comes from: a message, or what is acknowledged and answered where the person alone reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck

from adapters.base import Poster
from adapters.buttons import Press, encode
from adapters.closed_places import Asker
from adapters.origin import AnsweredOrigin, Opened
from adapters.slack.dialect import fallback, inert
from adapters.slack.events import Said
from adapters.slack.forms import asking_form, fields_form
from adapters.slack.interactions import Pressed, Slashed
from adapters.slack.place import EphemeralPlace
from adapters.slack.posters import Posters
from adapters.slack.questions import NotHere, Questions, alone
from adapters.slack.workspace import Workspace
from bot.domain import Button, CommandCall, FormRequest, Incoming, Notice, Person, Turn
from bot.engine.commands import CommandKind, Option, kind_of
from bot.engine.intake import Audience, Taken
from bot.engine.questions import is_personal, is_private
from bot.errors import BotError, Unavailable, UserError
from bot.i18n import sentence

# Events whose people were told why they are not answered; as many as may be redelivered at once.
MOST_TOLD = 1_000


class Told:
    """The events whose people were told already why they are not answered: Slack delivers those again."""

    def __init__(self) -> None:
        self._events: deque[str] = deque(maxlen=MOST_TOLD)

    def is_first(self, event_id: str) -> bool:
        """Whether an event is told for the first time."""
        is_new = event_id not in self._events
        if is_new:
            self._events.append(event_id)
        return is_new


class Spoken(AnsweredOrigin):
    """A message. Slack's event is acknowledged when it is stored, and delivered again where it could not be."""

    def __init__(self, posters: Posters, said: Said, incoming: Incoming, told: Told) -> None:
        asker = Asker(incoming.address, incoming.person)
        super().__init__(event_id=said.event_id, locale=incoming.person.locale, asker=asker)
        self._workspace = posters.workspace
        self._posters = posters
        self._said = said
        self._incoming = incoming
        self._told = told

    async def prepare(self, incoming: Incoming) -> Incoming | None:
        """See `adapters.origin.Origin`: text files are read before the message is stored."""
        return await self._workspace.files.with_files(incoming, self._said.files)

    async def refuse(self, error: BotError) -> Poster | None:
        """See `adapters.origin.Origin`. Told once: nothing is stored that would know a second delivery."""
        is_first = self._told.is_first(self.event_id)
        if isinstance(error, UserError):
            return self.poster(Audience.EVERYBODY) if is_first else None
        if is_first:
            telling = self._workspace.tell(Notice("slack.not_stored"), self._corner(), self.locale)
            self._workspace.spawn(telling, "trouble")
        raise error

    def poster(self, audience: Audience) -> Poster:  # noqa: ARG002 - a message says itself who reads the answer
        """See `adapters.origin.Origin`: a question for its author alone is refused to them alone, too."""
        if isinstance(self._incoming, CommandCall) and is_personal(self._incoming):
            return self._workspace.private_poster(self._corner(), self.locale)
        said, person = self._said, self._incoming.person
        return self._posters.call_poster(said.address, person, thread=said.reply_to, asked=said.message_id)

    def answering(self, turn: Turn) -> Opened:
        """See `adapters.origin.Origin`."""
        return self._posters.answering(turn)

    def _corner(self) -> EphemeralPlace:
        """Return where the person reads what is for them alone: the thread, where they wrote in one."""
        said = self._said
        return EphemeralPlace(
            said.address.channel, said.user, "" if said.reply_to == said.message_id else said.reply_to
        )


class Aside(AnsweredOrigin):
    """What is acknowledged already, and answered in a corner where the person alone reads."""

    def __init__(self, posters: Posters, corner: EphemeralPlace, person: Person, *, event_id: str) -> None:
        super().__init__(event_id=event_id, locale=person.locale)
        self._workspace = posters.workspace
        self._posters = posters
        self._corner = corner
        self._person = person

    async def prepare(self, incoming: Incoming) -> Incoming | None:
        """See `adapters.origin.Origin`: a question that nobody is shown is answered to its asker alone."""
        is_question = isinstance(incoming, CommandCall) and kind_of(incoming.command) is CommandKind.QUESTION
        return alone(incoming) if isinstance(incoming, CommandCall) and is_question else incoming

    def poster(self, audience: Audience) -> Poster:  # noqa: ARG002 - nobody else reads here
        """See `adapters.origin.Origin`."""
        return self._workspace.private_poster(self._corner, self.locale)

    def answering(self, turn: Turn) -> Opened:
        """See `adapters.origin.Origin`."""
        return self._posters.answering(turn, self._corner.url)


class PressedAside(Aside):
    """A press, or the form it had opened."""

    def __init__(self, posters: Posters, pressed: Pressed, person: Person) -> None:
        super().__init__(posters, pressed.corner, person, event_id=pressed.trigger_id)
        self.asker = Asker(pressed.address, person)
        self._pressed = pressed

    def to_call(self, press: Press) -> CommandCall:
        """See `adapters.origin.PressOrigin`."""
        return CommandCall(
            event_id=self.event_id,
            address=self._pressed.address,
            person=self._person,
            command=press.command,
            arguments=press.arguments,
            direct=self._pressed.direct,
        )

    async def open_form(self, option: Option) -> None:
        """See `adapters.origin.PressOrigin`."""
        pressed = self._pressed
        seal = partial(self._workspace.seals.sealed, user=self._person.id)
        form = asking_form(option, title=pressed.label, kept=pressed.kept, locale=self.locale, seal=seal)
        await open_form(self._workspace, pressed.trigger_id, form)

    async def open_fields(self, form: FormRequest) -> bool:
        """See `adapters.origin.Origin`."""
        await open_fields(self._workspace, form, lambda value: replace(self._pressed, value=value), self._person)
        return True

    def poster(self, audience: Audience) -> Poster:
        """See `adapters.origin.Origin`: what everybody is to read stands below the message that was pressed."""
        if audience is Audience.ASKER:
            return super().poster(audience)
        pressed, thread = self._pressed, self._corner.thread
        address = replace(pressed.address, thread=thread)
        return self._posters.call_poster(address, self._person, thread=thread, asked=pressed.ts)


class TypedAside(Aside):
    """A slash command, which may open a form."""

    def __init__(self, posters: Posters, slashed: Slashed, person: Person) -> None:
        super().__init__(posters, slashed.corner, person, event_id=slashed.event_id)
        self._slashed = slashed

    async def open_fields(self, form: FormRequest) -> bool:
        """See `adapters.origin.Origin`."""
        await open_fields(self._workspace, form, self._slashed.pressed, self._person)
        return True


class Asked(Aside):
    """A question by command or form: acknowledged when it is stored; until then Slack tells the person that it failed.

    `refusal` makes the acknowledgement that says why not. `thread` is where the question is shown, "" for a new one.
    """

    def __init__(
        self,
        posters: Posters,
        corner: EphemeralPlace,
        person: Person,
        *,
        event_id: str,
        ack: AsyncAck,
        refusal: Callable[[str], Mapping[str, Any]],
        thread: str = "",
    ) -> None:
        super().__init__(posters, corner, person, event_id=event_id)
        self._questions = Questions(posters.workspace)
        self._ack = ack
        self._refusal = refusal
        self._thread = thread
        self._shown: CommandCall | None = None

    async def prepare(self, incoming: Incoming) -> Incoming | None:
        """See `adapters.origin.Origin`: others see the question; one for its asker alone is not shown."""
        if not isinstance(incoming, CommandCall) or is_private(incoming):
            return await super().prepare(incoming)
        try:
            self._shown = await self._questions.shown(incoming, thread=self._thread)
        except NotHere:
            # Two people's own conversation: whoever asks there reads the answer alone.
            if not incoming.direct:
                raise
            return await super().prepare(incoming)
        return self._shown

    async def settle(self, taken: Taken | None) -> None:
        """See `adapters.origin.Origin`."""
        if taken is None and self._shown:
            self._questions.hide(self._shown)
        await self._ack()

    async def refuse(self, error: BotError) -> Poster | None:
        """See `adapters.origin.Origin`."""
        if self._shown:
            self._questions.hide(self._shown)
        await self._ack(**self._refusal(sentence(Notice(error.key, error.parameters), self.locale)))
        return None


def in_words(said: str) -> dict[str, Any]:
    """Return the acknowledgement of a slash command that says something to its caller."""
    return {"text": fallback(said), "blocks": [{"type": "markdown", "text": inert(said)}]}


async def open_fields(
    workspace: Workspace, form: FormRequest, to_pressed: Callable[[str], Pressed], person: Person
) -> None:
    """Open a form of several fields; it comes back as a press of a button that calls what the form does.

    Raises:
        Unavailable: Slack did not open it.
    """
    pressed = to_pressed(encode(Button(form.title, form.command, form.arguments)))
    seal = partial(workspace.seals.sealed, user=person.id)
    view = fields_form(form, kept=pressed.kept, locale=person.locale, seal=seal)
    await open_form(workspace, pressed.trigger_id, view)


async def open_form(workspace: Workspace, trigger_id: str, form: Mapping[str, Any]) -> None:
    """Open a form.

    Raises:
        Unavailable: Slack did not open it.
    """
    if not await workspace.quietly(workspace.web.without_retries.views_open(trigger_id=trigger_id, view=dict(form))):
        raise Unavailable("slack.form_failed")
