"""The hosts whose models can be changed: which one is meant, and which one has room."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.engine.model_names import same_model, short_host
from bot.errors import BotError, UserError
from bot.ports import ModelKeeper, ModelRoom

Standing = tuple[ModelKeeper, ModelRoom]


class Keepers:
    """The keepers of all hosts, in the operator's order."""

    def __init__(self, keepers: Sequence[ModelKeeper] = ()) -> None:
        self._keepers = keepers

    @property
    def names(self) -> Sequence[str]:
        """The hosts as people call them."""
        return [short_host(keeper.host) for keeper in self._keepers]

    def of(self, host: str) -> ModelKeeper:
        """Return the keeper of the host that was named, as people call it or by its whole address.

        Raises:
            UserError: there is none of that name, or none at all.
        """
        if not self._keepers:
            raise UserError("error.no_keeper")
        wanted = host.strip().strip("`").rstrip("/").lower()
        for keeper in self._keepers:
            if wanted in {keeper.host.lower(), short_host(keeper.host).lower()}:
                return keeper
        raise UserError("error.host_unknown", host=host[:100], hosts=", ".join(self.names))

    async def standings(self) -> Sequence[Standing]:
        """Return what each host has that answers. Raises the error of the first where none does."""
        if not self._keepers:
            raise UserError("error.no_keeper")
        asked = await asyncio.gather(*(keeper.room() for keeper in self._keepers), return_exceptions=True)
        found = [(keeper, room) for keeper, room in zip(self._keepers, asked, strict=True) if _is_room(room)]
        errors = [each for each in asked if isinstance(each, BaseException)]
        if unforeseen := [each for each in errors if not isinstance(each, BotError)]:
            raise unforeseen[0]
        if not found:
            raise errors[0]
        return [(keeper, room) for keeper, room in found if isinstance(room, ModelRoom)]

    async def best_for(self, name: str, *, need_bytes: int) -> ModelKeeper:
        """Return the host to fetch a model to: one that has it already, else the one with the most room.

        What is known to have no room comes last; what nobody knows of stands between.
        """
        standings = await self.standings()
        return min(standings, key=lambda each: _rank(each[1], name, need_bytes))[0]

    async def having(self, name: str) -> Sequence[ModelKeeper]:
        """Return the hosts that have a model."""
        return [keeper for keeper, room in await self.standings() if holds(room, name)]

    async def close(self) -> None:
        """Free all."""
        await asyncio.gather(*(keeper.close() for keeper in self._keepers))


def holds(room: ModelRoom, name: str) -> bool:
    """Whether a model is there."""
    return any(same_model(each, name) for each in room.models)


def digest_in(room: ModelRoom, name: str) -> str:
    """Return the digest of a model that is there; "" for none."""
    return next((digest for each, digest in room.models.items() if same_model(each, name)), "")


def _is_room(answer: object) -> bool:
    return isinstance(answer, ModelRoom)


def _rank(room: ModelRoom, name: str, need_bytes: int) -> tuple[bool, bool, bool, int]:
    known, free = room.free_bytes is not None, room.free_bytes or 0
    return not holds(room, name), known and free < need_bytes, not known, -free
