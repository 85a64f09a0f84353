"""`ports.ModelKeeper` in memory, over a model host in memory."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path

from bot.domain import ModelCard, ModelProgress
from bot.domain.model_jobs import CHECKING, FETCHING, MAKING, SENDING, WRITING
from bot.errors import ModelElsewhere, ModelMissing, UserError
from bot.ports import MadeOf, ModelRoom
from tests.fakes import FakeBackend


class FakeKeeper:
    """See `ports.ModelKeeper`. It fetches what its host offers; half of a model waits for `backend.fetching`."""

    def __init__(self, backend: FakeBackend) -> None:
        self._backend = backend
        self._files: set[str] = set()

    @property
    def host(self) -> str:
        return self._backend.host

    async def room(self) -> ModelRoom:
        self._check()
        return ModelRoom(models={name: card.digest for name, card in self._backend.cards.items()})

    async def pull(self, name: str) -> AsyncGenerator[ModelProgress]:
        self._check()
        yield ModelProgress(step=FETCHING)
        card = self._backend.offered.get(name)
        if card is None:
            raise UserError("error.pull_not_found", model=name, host=self.host, detail="file does not exist")
        size = card.size_bytes or 0
        for done in (0, size // 2):
            yield ModelProgress(step=FETCHING, done=done, total=size)
        await self._backend.fetching.wait()
        for step in (FETCHING, CHECKING, WRITING):
            yield ModelProgress(step=step, done=size, total=size)
        self._backend.install(card)

    async def check_here(self, name: str) -> None:
        self._check()
        card = self._found(name)
        if card is None:
            raise ModelMissing(name)
        if card.is_remote:
            raise ModelElsewhere(name)

    async def remove(self, name: str) -> bool:
        self._check()
        card = self._found(name)
        if card:
            self._backend.remove(card.name)
        return card is not None

    async def send(self, file: Path, digest: str) -> AsyncGenerator[ModelProgress]:
        self._check()
        if digest in self._files:
            return
        try:
            content = await asyncio.to_thread(file.read_bytes)
        except OSError as error:
            raise UserError("error.import_no_file", file=file.name) from error
        yield ModelProgress(step=SENDING, done=len(content), total=len(content))
        if f"sha256:{hashlib.sha256(content).hexdigest()}" != digest:
            raise UserError("error.import_refused", model=file.name, host=self.host, detail="digest mismatch")
        self._files.add(digest)

    async def make(self, name: str, made_of: MadeOf) -> AsyncGenerator[ModelProgress]:
        self._check()
        yield ModelProgress(step=MAKING)
        missing = {*made_of.files.values(), *made_of.adapters.values()} - self._files
        if missing or not (made_of.base or made_of.files):
            raise UserError("error.import_refused", model=name, host=self.host, detail="no such file")
        self._backend.install(ModelCard(name=f"{name}:latest" if ":" not in name else name, capabilities=CHATS))

    async def close(self) -> None:
        pass

    def _found(self, name: str) -> ModelCard | None:
        cards = self._backend.cards
        return cards.get(name) or cards.get(f"{name}:latest")

    def _check(self) -> None:
        if self._backend.down is not None:
            raise self._backend.down


CHATS = frozenset({"completion"})
