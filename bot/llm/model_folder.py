"""The operator's folder with model files: which there are, what each is, and its digest. Nothing outside it is read."""

from __future__ import annotations

import asyncio
import hashlib
import struct
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from bot.domain import ModelProgress
from bot.domain.model_jobs import READING
from bot.errors import UserError
from bot.ports import Fingerprint, ModelFile

MAGIC = b"GGUF"
SUFFIX, RECIPE_SUFFIX, RECIPE = ".gguf", ".modelfile", "Modelfile"
# What a file says of itself stands before its words, which take megabytes.
HEAD_BYTES = 2**18
PIECE_BYTES = 2**23
MOST_RECIPE_BYTES = 2**20
MOST_NAMES = 500
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_TEXT, _LIST = 8, 9
# A name with a NUL is a ValueError, links that lead in a circle are a RuntimeError.
UNREADABLE = (OSError, ValueError, RuntimeError)
_HEADER = struct.Struct("<IQQ")


class ModelFolder:
    """See `ports.ModelFiles`. `folder` "" is none."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder).expanduser().resolve() if folder else None
        self._names: Sequence[str] = ()

    def names(self) -> Sequence[str]:
        """See `ports.ModelFiles.names`: what `find` saw last."""
        return self._names

    async def find(self, name: str) -> ModelFile:
        """See `ports.ModelFiles.find`."""
        if self._folder is None:
            raise UserError("error.import_no_folder")
        self._names = await asyncio.to_thread(_names_in, self._folder)
        return await asyncio.to_thread(_found, self._folder, name)

    async def read(self, file: ModelFile, fingerprint: Fingerprint) -> AsyncGenerator[ModelProgress]:
        """See `ports.ModelFiles.read`. Read beside the event loop, a piece at a time, so that it can be ended."""
        hashed, done = hashlib.sha256(), 0
        try:
            with await asyncio.to_thread(file.path.open, "rb") as opened:
                while piece := await asyncio.to_thread(opened.read, PIECE_BYTES):
                    await asyncio.to_thread(hashed.update, piece)
                    done += len(piece)
                    yield ModelProgress(step=READING, done=done, total=file.size_bytes)
        except OSError as error:
            raise UserError("error.import_no_file", file=file.name) from error
        fingerprint.digest = f"sha256:{hashed.hexdigest()}"


def _names_in(folder: Path) -> list[str]:
    try:
        found = sorted(str(each.relative_to(folder)) for each in folder.rglob(f"*{SUFFIX}") if each.is_file())
    except OSError:
        return []
    return found[:MOST_NAMES]


def _found(folder: Path, name: str) -> ModelFile:
    """Read what a file of the folder is; a name that leads out of it is none."""
    try:
        path = (folder / name).resolve()
        if not (path.is_relative_to(folder) and path.is_file()):
            raise UserError("error.import_no_file", file=name[:100])
        with path.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
        size = path.stat().st_size
    except UNREADABLE as error:
        raise UserError("error.import_no_file", file=name[:100]) from error
    if not head.startswith(MAGIC):
        raise UserError("error.import_no_gguf", file=name[:100])
    return ModelFile(
        name=name, path=path, size_bytes=size, is_adapter=is_adapter(head), recipe=_recipe_of(folder, path)
    )


def _recipe_of(folder: Path, path: Path) -> str:
    """Return the text of the Modelfile beside a file: one of its own name, else the folder's; no link out of it."""
    for named in (path.with_suffix(RECIPE_SUFFIX), path.with_suffix(".Modelfile"), path.with_name(RECIPE)):
        try:
            beside = named.resolve()
            if beside.is_relative_to(folder) and beside.is_file() and beside.stat().st_size <= MOST_RECIPE_BYTES:
                return beside.read_text(encoding="utf-8", errors="replace")
        except UNREADABLE:
            continue
    return ""


def is_adapter(head: bytes) -> bool:
    """Whether the beginning of a GGUF file says that it is an adapter; one that does not say is a model."""
    try:
        _, _, count = _HEADER.unpack_from(head, len(MAGIC))
        at = len(MAGIC) + _HEADER.size
        for _ in range(count):
            key, at = _text_at(head, at)
            (kind,) = struct.unpack_from("<I", head, at)
            at += 4
            if key == b"general.type" and kind == _TEXT:
                return _text_at(head, at)[0] == b"adapter"
            at = _behind(head, at, kind)
    except (struct.error, KeyError, OverflowError, RecursionError):
        pass  # it goes on beyond what was read of it, or is damaged: the host says so then
    return False


def _text_at(head: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from("<Q", head, at)
    return head[at + 8 : at + 8 + length], at + 8 + length


def _behind(head: bytes, at: int, kind: int) -> int:
    """Return where the next key begins."""
    if kind == _TEXT:
        return _text_at(head, at)[1]
    if kind != _LIST:
        return at + _SIZES[kind]
    inner, count = struct.unpack_from("<IQ", head, at)
    at += 12
    if inner in _SIZES:
        return at + int(_SIZES[inner] * count)
    for _ in range(count):
        at = _behind(head, at, inner)
    return at
