"""Where something comes from: the port by which the dispatcher acknowledges an event, and answers it.

A platform makes one `Origin` for each event it has parsed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from adapters.base import Poster
from adapters.buttons import Press
from adapters.closed_places import Asker
from bot.domain import CommandCall, FormRequest, Incoming, Turn
from bot.engine.commands import Option
from bot.engine.intake import Audience, Taken
from bot.errors import BotError

Opened: TypeAlias = AbstractAsyncContextManager[Poster]
"""A turn's poster while it is used: leaving closes what must not stay open."""


class Origin(Protocol):
    """One thing a person did: how its platform acknowledges it, and where it is answered. Made for one event."""

    @property
    def event_id(self) -> str:
        """The platform's id of the event."""
        ...

    @property
    def locale(self) -> str:
        """The person's language."""
        ...

    @property
    def asker(self) -> Asker | None:
        """Who did it, and where; None where they cannot be told anything in another place."""
        ...

    async def prepare(self, incoming: Incoming) -> Incoming | None:
        """Do what comes before the store, when the person may: acknowledge what cannot wait, show a question to others.

        Return what is to be stored, a question with the ids of what shows it; None where it comes too late.

        Raises:
            BotError: it cannot be shown; the person is told.
        """
        ...

    async def settle(self, taken: Taken | None) -> None:
        """Do what comes after the store: acknowledge what waited for it. None: the event was known already."""
        ...

    async def refuse(self, error: BotError) -> Poster | None:
        """Acknowledge what is not taken in, and return the poster that says why; None where that is said already.

        Raises:
            BotError: the event is to stay unacknowledged, since the platform delivers it again.
        """
        ...

    async def open_fields(self, form: FormRequest) -> bool:
        """Ask for several fields at once; filled in, they come back as a press. False where no form can be opened.

        Raises:
            BotError: it could not be opened this time.
        """
        ...

    def poster(self, audience: Audience) -> Poster:
        """Make the poster of what is no turn: of what a call says, or a sentence. Asked for after `prepare`."""
        ...

    def answering(self, turn: Turn) -> Opened:
        """Open the poster of the turn this became."""
        ...


class PressOrigin(Origin, Protocol):
    """A press of a button, or the form sent off that such a press had opened."""

    def to_call(self, press: Press) -> CommandCall:
        """Return the call the button stands for."""
        ...

    async def open_form(self, option: Option) -> None:
        """Ask for one option more; the form brings the press back.

        Raises:
            BotError: no form can be opened.
        """
        ...


class AnsweredOrigin(ABC):
    """An origin that neither shows nor acknowledges anything: for events that want no acknowledgement, or have it."""

    def __init__(self, *, event_id: str, locale: str, asker: Asker | None = None) -> None:
        self.event_id = event_id
        self.locale = locale
        self.asker = asker

    async def prepare(self, incoming: Incoming) -> Incoming | None:
        """See `Origin`."""
        return incoming

    async def settle(self, taken: Taken | None) -> None:  # noqa: B027 - most have nothing to do
        """See `Origin`."""

    async def refuse(self, error: BotError) -> Poster | None:  # noqa: ARG002 - whatever it is, it is told alike
        """See `Origin`."""
        return self.poster(Audience.ASKER)

    async def open_fields(self, form: FormRequest) -> bool:  # noqa: ARG002 - a message opens none
        """See `Origin`."""
        return False

    @abstractmethod
    def poster(self, audience: Audience) -> Poster:
        """See `Origin`."""

    @abstractmethod
    def answering(self, turn: Turn) -> Opened:
        """See `Origin`."""
