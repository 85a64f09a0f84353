"""Reads recordings, each in a process of its own: any of the kinds people send becomes what models hear."""

from __future__ import annotations

from base64 import b64decode
from importlib.util import find_spec

from bot.documents.children import Children
from bot.documents.sound_kinds import PACKAGE, SoundKind, sound_kind
from bot.domain import SoundPieces, WhyUnread


class SoundReader:
    """See `ports.Sounds`."""

    def __init__(self, *, children: Children | None = None) -> None:
        self._children = children or Children()

    async def read(self, content: bytes, *, most_s: float) -> SoundPieces | WhyUnread:
        """See `ports.Sounds.read`."""
        kind = sound_kind(content)
        if kind is None:
            return WhyUnread.DAMAGED
        if kind is SoundKind.PLAIN and find_spec(PACKAGE) is None:
            return WhyUnread.NO_SOUNDS
        read = await self._children.read(content, kind.value, str(most_s))
        if isinstance(read, WhyUnread):
            return read
        pieces, seconds = read.get("pieces"), read.get("seconds")
        if not isinstance(pieces, list) or not isinstance(seconds, int | float):
            return WhyUnread.DAMAGED
        return SoundPieces(tuple(b64decode(str(each)) for each in pieces), float(seconds))
