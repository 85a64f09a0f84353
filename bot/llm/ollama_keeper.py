"""One Ollama host as a keeper of models: what it is asked to fetch, remove and make, and what it tells meanwhile.

Fetching and making answer with lines: a status each, with figures where bytes move; an error is a line, too, and the
HTTP status is 200 by then. Errors are told apart by where they come, never by their words: before the first file the
name, or its registry, is no good; after it the fetching broke off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from itertools import chain
from pathlib import Path

import httpx

from bot.domain import ModelProgress
from bot.domain.model_jobs import CHECKING, FETCHING, MAKING, SENDING, WRITING
from bot.errors import BotError, ConfigurationError, ModelElsewhere, ModelMissing, Unavailable, UserError
from bot.llm.host_json import Json, count_in, objects_in, text_in
from bot.llm.host_words import told_by
from bot.llm.ollama_chat import to_chunks
from bot.llm.ollama_errors import FAILURES, chat_error, listing_error
from bot.llm.ollama_gate import MOST_BYTES, entry_of, is_marked, is_withheld, name_of
from bot.llm.ollama_wire import OllamaClient, Refusal
from bot.llm.stream_lines import BrokenOff
from bot.ports import MadeOf, ModelRoom

# While bytes move, a host tells of it sixteen times a second, also when none come from the registry.
SILENT_S = 60.0
# To check or copy a file of 100 GB takes a slow disk a quarter of an hour, without a word.
WORKING_S = 1800.0
# What it has, and where a model runs, a host says at once: one that is silent holds up the choice among all.
ANSWER_S = 30.0
PIECE_BYTES = 2**20
TELL_EVERY_BYTES = 8 * 2**20
GIGABYTE = 10**9
SUCCESS = "success"


class OllamaKeeper:
    """See `ports.ModelKeeper`."""

    def __init__(self, *, host: str, disk_gb: float = 0, connect_s: float = 5.0) -> None:
        """Take `host` as Ollama's own tools do; `disk_gb` is how much of its disk is for models, 0 where nobody says.

        Raises:
            ConfigurationError: the host's address cannot be one.
        """
        try:
            self._client = OllamaClient(host=host, connect_s=connect_s, first_byte_s=WORKING_S, stall_s=WORKING_S)
        except (ValueError, httpx.InvalidURL) as error:
            raise ConfigurationError("error.host_address", host=host) from error
        self._disk_bytes = int(disk_gb * GIGABYTE)

    @property
    def host(self) -> str:
        """See `ports.ModelKeeper.host`."""
        return self._client.address

    async def room(self) -> ModelRoom:
        """See `ports.ModelKeeper.room`. Ollama tells no free disk; models of one digest take their room once."""
        rows = await self._listed()
        models = {name_of(row): text_in(row, "digest") for row in rows if name_of(row)}
        taken = {text_in(row, "digest"): count_in(row, "size", most=MOST_BYTES) for row in rows}
        free = max(0, self._disk_bytes - sum(taken.values())) if self._disk_bytes else None
        return ModelRoom(models=models, free_bytes=free)

    async def pull(self, name: str) -> AsyncGenerator[ModelProgress]:
        """See `ports.ModelKeeper.pull`."""
        files: dict[str, tuple[int, int]] = {}
        try:
            async with aclosing(self._told("/api/pull", {"model": name})) as chunks:
                async for chunk in chunks:
                    yield _progress(chunk, files)
        except Refusal as refusal:
            raise self._not_fetched(refusal, name, has_begun=bool(files)) from refusal
        except FAILURES as failure:
            raise self._lost(failure, name) from failure

    async def check_here(self, name: str) -> None:
        """See `ports.ModelKeeper.check_here`: by the list and by the model's card."""
        try:
            async with asyncio.timeout(ANSWER_S):
                entry_of(await self._client.ask("GET", "/api/tags"), name)
                card = await self._client.ask("POST", "/api/show", {"model": name})
        except FAILURES as failure:
            if is_withheld(failure):
                raise ModelElsewhere(name) from failure
            raise chat_error(failure, host=self.host, model=name) from failure
        if is_marked(card):
            raise ModelElsewhere(name)

    async def remove(self, name: str) -> bool:
        """See `ports.ModelKeeper.remove`."""
        try:
            await self._client.tell("DELETE", "/api/delete", {"model": name})
        except FAILURES as failure:
            error = chat_error(failure, host=self.host, model=name)
            if isinstance(error, ModelMissing):
                return False
            raise error from failure
        return True

    async def send(self, file: Path, digest: str) -> AsyncGenerator[ModelProgress]:
        """See `ports.ModelKeeper.send`."""
        try:
            size = await asyncio.to_thread(_size_of, file)
            if await self._has(digest):
                return
            sending = _Sending(file)
            posting = asyncio.create_task(
                self._client.put(f"/api/blobs/{digest}", sending.pieces(), wait_s=WORKING_S), name="send a blob"
            )
            posting.add_done_callback(lambda _: sending.moved.set())
            try:
                while not posting.done():
                    sending.moved.clear()
                    yield ModelProgress(step=SENDING, done=sending.sent, total=size)
                    await sending.moved.wait()
                await posting
            finally:
                posting.cancel()
                await asyncio.gather(posting, return_exceptions=True)
        except FileNotFoundError as error:
            raise UserError("error.import_no_file", file=file.name) from error
        except Refusal as refusal:
            raise self._not_made(refusal, file.name) from refusal
        except FAILURES as failure:
            raise self._lost(failure, file.name) from failure

    async def make(self, name: str, made_of: MadeOf) -> AsyncGenerator[ModelProgress]:
        """See `ports.ModelKeeper.make`."""
        try:
            async with aclosing(self._told("/api/create", to_recipe(name, made_of))) as chunks:
                async for _ in chunks:
                    yield ModelProgress(step=MAKING)
        except Refusal as refusal:
            raise self._not_made(refusal, name) from refusal
        except FAILURES as failure:
            raise self._lost(failure, name) from failure

    async def close(self) -> None:
        """See `ports.ModelKeeper.close`."""
        await self._client.close()

    async def _listed(self) -> list[Json]:
        try:
            async with asyncio.timeout(ANSWER_S):
                return [*objects_in(await self._client.ask("GET", "/api/tags"), "models")]
        except FAILURES as failure:
            raise listing_error(failure, host=self.host) from failure

    async def _told(self, path: str, body: Json) -> AsyncGenerator[Json]:
        """Yield the chunks of an answer up to its success. Raises `BrokenOff` where it ends without one."""
        moves = False
        async with aclosing(self._client.lines(path, body)) as batches:
            while True:
                async with asyncio.timeout(SILENT_S if moves else WORKING_S):
                    batch = await anext(batches, None)
                if batch is None:
                    raise BrokenOff
                for chunk in chain.from_iterable(map(to_chunks, batch)):
                    moves = bool(chunk.get("total"))
                    if chunk.get("status") == SUCCESS:
                        return
                    yield chunk

    async def _has(self, digest: str) -> bool:
        try:
            await self._client.tell("HEAD", f"/api/blobs/{digest}")
        except Refusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def _not_fetched(self, refusal: Refusal, name: str, *, has_begun: bool) -> BotError:
        """Return what it means that a model is not fetched; a status of its own is told before anything is done."""
        words = {"model": name, "host": self.host, "detail": told_by(refusal.error)}
        if refusal.status == HTTPStatus.OK:
            key = "error.pull_broken" if has_begun else "error.pull_not_found"
            return Unavailable(key, **words) if has_begun else UserError(key, **words)
        if refusal.status == HTTPStatus.BAD_REQUEST:
            return UserError("error.model_name_odd", name=name)
        return chat_error(refusal, host=self.host, model=name)

    def _not_made(self, refusal: Refusal, name: str) -> BotError:
        if refusal.status in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST} or refusal.is_ollamas:
            return UserError("error.import_refused", model=name, host=self.host, detail=told_by(refusal.error))
        return chat_error(refusal, host=self.host, model=name)

    def _lost(self, failure: Exception, name: str) -> BotError:
        return chat_error(failure, host=self.host, model=name)


class _Sending:
    """A file on its way. Somebody else reads what it says of that."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.sent = 0
        self.moved = asyncio.Event()

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the file in pieces; it is read beside the event loop."""
        with await asyncio.to_thread(self._file.open, "rb") as opened:
            while piece := await asyncio.to_thread(opened.read, PIECE_BYTES):
                yield piece
                self.sent += len(piece)
                if self.sent % TELL_EVERY_BYTES < PIECE_BYTES:
                    self.moved.set()


def _size_of(file: Path) -> int:
    return file.stat().st_size


def _progress(chunk: Json, files: dict[str, tuple[int, int]]) -> ModelProgress:
    """Read what a line says; `files` are those that were told of so far, each with what is there of how much."""
    if digest := text_in(chunk, "digest"):
        done, total = (count_in(chunk, name, most=MOST_BYTES) for name in ("completed", "total"))
        files[digest] = done, total
        sums = [sum(figures) for figures in zip(*files.values(), strict=True)]
        return ModelProgress(step=FETCHING, done=sums[0], total=sums[1])
    total = sum(total for _, total in files.values())
    if not files:
        return ModelProgress(step=FETCHING)
    is_last = text_in(chunk, "status").startswith("writing")
    return ModelProgress(step=WRITING if is_last else CHECKING, done=total, total=total)


def to_recipe(name: str, made_of: MadeOf) -> dict[str, object]:
    """Write a request for /api/create."""
    parts: dict[str, object] = {
        "from": made_of.base,
        "files": dict(made_of.files),
        "adapters": dict(made_of.adapters),
        "template": made_of.template,
        "system": made_of.system,
        "license": made_of.licence,
        "parameters": dict(made_of.parameters),
    }
    return {"model": name, **{part: value for part, value in parts.items() if value}}
