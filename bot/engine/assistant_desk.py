"""Whose assistants a person may see, change and take away here, and the names that are completed from memory."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.clock import Clock
from bot.domain import HOMES, Address, Assistant, CommandCall, KnownAssistant, Level, Person
from bot.engine.access import Right
from bot.engine.assistant_names import key_of
from bot.engine.authority import Authority
from bot.engine.numbers import number_in
from bot.errors import BotError, UserError
from bot.ports import Assistants

SUGGESTIONS = 25
REFRESH_S = 60.0
log = structlog.get_logger(__name__)


class AssistantDesk:
    """Finds assistants, and says who may do what with them."""

    def __init__(self, *, assistants: Assistants, authority: Authority, clock: Clock) -> None:
        self._assistants = assistants
        self._authority = authority
        self._clock = clock
        self._names: Sequence[KnownAssistant] = ()

    async def keep_fresh(self) -> None:
        """Keep the names that are suggested as they are, until cancelled."""
        while True:
            try:
                await self.look()
            except BotError as error:
                log.warning("assistants.not_listed", error=error.key)
            await self._clock.sleep(REFRESH_S)

    async def look(self) -> None:
        """Learn which names there are. Raises `Unavailable`."""
        self._names = await self._assistants.names()

    def suggest(self, typed: str, *, person: Person, address: Address) -> list[str]:
        """Complete a name from those this person may see here, at most 25; their own first. Never does I/O."""
        said = key_of(typed)
        seen = [each for each in self._names if may_see(each, person_id=person.id, address=address)]
        seen.sort(key=lambda each: list(Level).index(each.home))
        names = list(dict.fromkeys(each.name for each in seen if said in key_of(each.name)))
        return sorted(names, key=lambda name: not key_of(name).startswith(said))[:SUGGESTIONS]

    async def visible(self, call: CommandCall) -> Sequence[Assistant]:
        """Return what the caller may use here. Raises `Unavailable`."""
        return await self._assistants.visible(call.address, call.person.id)

    async def named(self, call: CommandCall, *, for_others: bool = False) -> Assistant:
        """Return the assistant a call names, the nearest of that name, or the one of the home that is named with it.

        `for_others`: the caller's own only where nobody else's bears the name, since what they share bears it, too.

        Raises:
            UserError: the caller sees none of that name here.
        """
        name, home = call.arguments["assistant"], call.arguments.get("for")
        seen = await self.visible(call)
        found = [each for each in seen if each.persona.key == key_of(name) and home in {None, "", each.home.value}]
        if not found:
            raise UserError("error.assistant_unknown", name=name.strip())
        return min(found, key=lambda each: for_others and is_ones_own(each, call))

    async def numbered(self, call: CommandCall) -> Assistant:
        """Return the assistant a button or a form is about, where the caller sees it. Raises `UserError`."""
        wanted = number_in(call.arguments.get("id", ""))
        for each in await self.visible(call):
            if each.id == wanted:
                return each
        raise UserError("error.assistant_gone")

    async def check(self, home: Level, call: CommandCall) -> None:
        """Let the caller do something to a home's assistants, by the rights they have at this moment.

        Raises:
            UserError: there is no such home here, or it is not theirs.
            Unavailable: the platform cannot be asked.
        """
        if home is Level.WORKSPACE and not call.address.workspace:
            raise UserError("error.assistant_no_workspace")
        if home is not Level.ME and not (is_alone(call) and home is Level.CHANNEL):
            await self._authority.check(Right.KEEP_ASSISTANTS, person=call.person, address=call.address)


def is_alone(call: CommandCall) -> bool:
    """Whether a call comes from a channel that is the caller's own; that of a private conversation is everybody's."""
    return call.direct and not call.address.is_private


def is_ones_own(assistant: Assistant, call: CommandCall) -> bool:
    """Whether an assistant is the caller's alone: a person's, or that of their own direct messages."""
    return assistant.home is Level.ME or (is_alone(call) and assistant.home is Level.CHANNEL)


def may_see(known: KnownAssistant, *, person_id: str, address: Address) -> bool:
    """Whether a person may be told a name here."""
    if known.platform != address.platform:
        return False
    match known.home:
        case Level.ME:
            return known.owner_id == person_id
        case Level.CHANNEL:
            return (known.workspace, known.channel) == (address.workspace, address.channel)
        case _:
            return bool(address.workspace) and known.workspace == address.workspace


def home_in(call: CommandCall, *, otherwise: Level = Level.ME) -> Level:
    """Return the home a call names."""
    said = call.arguments.get("for")
    return Level(said) if said in {home.value for home in HOMES} else otherwise


def anywhere(call: CommandCall, home: Level | None = None) -> CommandCall:
    """Return the call with `for` as the home of the assistant that is named: it says something else there."""
    return CommandCall(
        event_id=call.event_id,
        address=call.address,
        person=call.person,
        command=call.command,
        arguments={**call.arguments, "for": home.value if home else ""},
        direct=call.direct,
    )
