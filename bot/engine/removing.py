"""Removing: a model is taken off its hosts, once its remover has seen who uses it and has pressed for it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Mapping, Sequence

from bot.domain import Button, CommandCall, Level, ModelCard, Notice, Offer, PlacedChoice, ReplyPart
from bot.engine.catalog import Catalog
from bot.engine.commands import REMOVE, REMOVE_NOW, CommandRun
from bot.engine.keepers import Keepers
from bot.engine.model_changes import ChangeKind, HostChange, ModelChanges
from bot.engine.model_names import nearest_of, same_model, short_host
from bot.engine.selection import Selector
from bot.errors import BotError, UserError
from bot.ports import Choices, ModelKeeper, Turns

KEY_CHARS = 16
MOST_NAMED = 8


class Removing:
    """Runs `/model remove` and its button."""

    def __init__(
        self,
        *,
        keepers: Keepers,
        catalog: Catalog,
        selector: Selector,
        choices: Choices,
        turns: Turns,
        changes: ModelChanges,
    ) -> None:
        self._keepers = keepers
        self._catalog = catalog
        self._selector = selector
        self._choices = choices
        self._turns = turns
        self._changes = changes

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {REMOVE: self.asked, REMOVE_NOW: self.removed}

    async def asked(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell who uses a model, and offer to remove it; nothing is removed yet."""
        card, keepers = await self._found(call)
        yield Notice("remove.ask", {"model": card.name, "hosts": _named(keepers)})
        for notice in await self._uses(call, card):
            yield notice
        yield Notice("remove.undo", {"model": card.name})
        on = {"on": call.arguments["on"]} if call.arguments.get("on") else {}
        button = Button(Notice("button.remove"), REMOVE_NOW, {"key": key_of(card), **on})
        yield Offer((button,))

    async def removed(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Remove what the button was offered for; a model that has changed since then is another one."""
        cards = await self._catalog.refresh()
        card = next((each for each in cards if key_of(each) == call.arguments["key"]), None)
        if card is None:
            raise UserError("error.remove_gone")
        keepers = await self._chosen(call, card.name)
        done, errors = [], []
        for keeper in keepers:
            try:
                if await self._off(keeper, card, call):
                    done.append(keeper)
            except BotError as error:
                errors.append(error)
        if not done:
            raise errors[0] if errors else UserError("error.remove_gone")
        yield Notice("remove.done", {"model": card.name, "hosts": _named(done)})
        for failed in errors:
            yield Notice(failed.key, failed.parameters)

    async def _off(self, keeper: ModelKeeper, card: ModelCard, call: CommandCall) -> bool:
        """Remove a model from one host, and tell of it; False where it was not there any more."""
        if not await keeper.remove(card.name):
            return False
        change = HostChange(
            kind=ChangeKind.REMOVED, model=card.name, host=keeper.host, person=call.person, address=call.address
        )
        await self._changes.made(change)
        return True

    async def _found(self, call: CommandCall) -> tuple[ModelCard, Sequence[ModelKeeper]]:
        name = call.arguments["name"]
        cards = await self._catalog.refresh()
        card = next((each for each in cards if same_model(each.name, name)), None)
        if card is None:
            nearest = nearest_of(name, [each.name for each in cards])
            raise UserError(
                "error.model_unknown_near" if nearest else "error.model_unknown", model=name, nearest=nearest
            )
        return card, await self._chosen(call, card.name)

    async def _chosen(self, call: CommandCall, name: str) -> Sequence[ModelKeeper]:
        """Return the hosts it is to be removed from: those that have it, or the one that was named."""
        having = await self._keepers.having(name)
        if on := call.arguments.get("on"):
            wanted = self._keepers.of(on)
            having = [keeper for keeper in having if keeper.host == wanted.host]
        if not having:
            raise UserError("error.remove_not_there", model=name)
        return having

    async def _uses(self, call: CommandCall, card: ModelCard) -> list[Notice]:
        """Say who uses a model: answers at this moment, choices of people and places, the default."""
        told = []
        if running := await self._turns.running_with(card.name):
            told.append(Notice("remove.in_use", {"count": running}))
        elif card.is_loaded:
            told.append(Notice("remove.loaded"))
        uses = await self._choices.uses(card.name)
        here = [use for use in uses if (use.platform, use.workspace) == (call.address.platform, call.address.workspace)]
        for level in Level:
            if names := [*dict.fromkeys(_name_of(use) for use in here if use.level is level)]:
                more = max(0, len(names) - MOST_NAMED)
                words = {
                    "names": ", ".join(names[:MOST_NAMED]),
                    "more": Notice("remove.more", {"count": more}) if more else "",
                }
                told.append(Notice(f"remove.chosen_{level.value}", words))
        if elsewhere := len(uses) - len(here):
            told.append(Notice("remove.chosen_elsewhere", {"count": elsewhere}))
        if await self._is_default(card):
            told.append(Notice("remove.default"))
        return told or [Notice("remove.unused")]

    async def _is_default(self, card: ModelCard) -> bool:
        try:
            return same_model(await self._selector.default_name(), card.name)
        except BotError:
            return False


def key_of(card: ModelCard) -> str:
    """Return what a button carries of a model: it stands for its name and its content."""
    return hashlib.sha256(f"{card.name}\n{card.digest}".encode()).hexdigest()[:KEY_CHARS]


def _name_of(use: PlacedChoice) -> str:
    """Return what somebody, or a place, is called in a line of the answer."""
    match use.level:
        case Level.ME:
            return use.person_name or f"`{use.person_id}`"
        case Level.WORKSPACE:
            return f"`{use.workspace}`"
        case _:
            return f"`{use.thread or use.channel}`"


def _named(keepers: Sequence[ModelKeeper]) -> str:
    return ", ".join(short_host(keeper.host) for keeper in keepers)
