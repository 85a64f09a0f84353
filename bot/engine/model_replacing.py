"""`/model replace` and `/model undo`: every choice of a model moved to another one at once, and back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from bot.domain import Button, CommandCall, ModelCard, Notice, Offer, ReplyPart
from bot.engine.access import Right
from bot.engine.authority import Authority
from bot.engine.catalog import Catalog, tidy_name
from bot.engine.commands import CommandRun
from bot.engine.numbers import number_in
from bot.engine.selection import Selector
from bot.engine.stand_ins import short_of
from bot.errors import UserError
from bot.ports import Replaced, Replacements

Scope = tuple[str, str]
"""A platform and a workspace; "" for every one."""


class ModelReplacing:
    """Moves choices: those of a workspace for its admins, all of them for the operator's."""

    def __init__(
        self, replacements: Replacements, *, catalog: Catalog, selector: Selector, authority: Authority
    ) -> None:
        self._replacements = replacements
        self._catalog = catalog
        self._selector = selector
        self._authority = authority

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {
            "model replace": self.replace,
            "model undo": self.undo,
            "replace": self.replace_pressed,
            "undo": self.undo,
        }

    async def replace(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Move every choice of one model to another."""
        await self._check(call)
        card = await self._catalog.require(call.arguments["new"])
        async for part in self._moved(call, call.arguments["old"], card):
            yield part

    async def replace_pressed(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Do the same for the models that a button under the news names."""
        await self._check(call)
        await self._catalog.refresh()
        new = next((card for card in self._catalog.cached if short_of(card.name) == call.arguments["to"]), None)
        if new is None:
            raise UserError("error.stand_in_gone")
        card = await self._catalog.require(new.name)
        async for part in self._moved(call, await self._named(call), card):
            yield part

    async def undo(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Put back what a replacement moved, the one of the button or the last one here."""
        await self._check(call)
        number = number_in(call.arguments.get("replacement", "0"))
        platform, workspace = self.scope_of(call)
        back = None
        if number is not None:
            back = await self._replacements.put_back(
                number, platform=platform, workspace=workspace, person_id=call.person.id
            )
        if back is None:
            raise UserError("error.nothing_to_undo")
        yield Notice("model.undo.done", _words(back))

    def scope_of(self, call: CommandCall) -> Scope:
        """Return whose choices a person moves here."""
        if self._authority.is_operators(call.person, call.address):
            return "", ""
        return call.address.platform, call.address.workspace

    async def _check(self, call: CommandCall) -> None:
        await self._authority.check(Right.CHOOSE_FOR_ALL, person=call.person, address=call.address)

    async def _named(self, call: CommandCall) -> str:
        """Return the model whose short name a button carries, of those that choices name."""
        platform, workspace = self.scope_of(call)
        names = await self._replacements.chosen(platform=platform, workspace=workspace)
        old = next((name for name in names if short_of(name) == call.arguments["of"]), None)
        if old is None:
            raise UserError("error.nothing_to_replace", model="—")
        return old

    async def _moved(self, call: CommandCall, old: str, card: ModelCard) -> AsyncGenerator[ReplyPart, None]:
        old = tidy_name(old)
        if old == tidy_name(card.name):
            raise UserError("error.same_model", model=card.name)
        platform, workspace = self.scope_of(call)
        done = await self._replacements.replace(
            old, card.name, platform=platform, workspace=workspace, person_id=call.person.id
        )
        if done is None:
            raise UserError("error.nothing_to_replace", model=old)
        yield Notice("model.replace.done", _words(done))
        if tidy_name(self._selector.set_default) == old:
            yield Notice("model.replace.default", {"model": old})
        yield Offer((Button(Notice("button.undo"), "undo", {"replacement": str(done.id)}),))


def _words(replaced: Replaced) -> dict[str, object]:
    return {"old": replaced.old, "new": replaced.new, "count": replaced.choices}
