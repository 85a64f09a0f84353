"""Files that go with a message: attached to it; where Discord takes none, written out in messages of their own."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import discord

from adapters.base import Content, ContentRefused, File, Undeliverable
from adapters.cutting import split
from adapters.delivery.omissions import MARK
from adapters.discord.calls import Fixed

T = TypeVar("T")


def uploads(content: Content) -> list[discord.File]:
    """Return a message's files as discord.py sends them, once."""
    return [
        discord.File(io.BytesIO(file.content), filename=file.name, description=file.alt or None)
        for file in content.files
    ]


class Files:
    """The files of one reply. `send` posts one more message, by text and idempotency key.

    `refusal` is what is said in the place of a file that is not written out.
    """

    def __init__(
        self, send: Callable[[Content, str], Awaitable[str]], *, chars: int, refusal: Callable[[], str]
    ) -> None:
        self._send = send
        self._refusal = refusal
        self._chars = chars
        self._are_taken = True
        self._written: set[str] = set()

    async def with_files(self, call: Callable[[Content], Awaitable[T]], content: Content) -> T:
        """Make a call whose message has files; without them where Discord refuses them: `write_out` is needed then.

        Raises what the call raises.
        """
        if not self._are_taken:
            content = replace(content, files=())
        try:
            return await call(content)
        except Fixed:
            raise
        except Undeliverable:
            # The right to attach files is one of its own, and a channel may be told to take no large ones.
            if not content.files:
                raise
            self._are_taken = False
        return await call(replace(content, files=()))

    async def write_out(self, files: Sequence[File], *, key: str, are_attached: bool = True) -> None:
        """Post what the files hold, where they could not be attached; a later try goes on from where one failed."""
        if self._are_taken and are_attached:
            return
        for file in files:
            words = file.text if file.is_written_out else self._refusal()
            for index, part in enumerate(split(words, self._chars)):
                part_key = f"{key}:{file.name}:{index}"
                if part_key not in self._written:
                    await self._send_or_mark(part, part_key)
                self._written.add(part_key)

    async def _send_or_mark(self, text: str, key: str) -> None:
        """Post a piece of a file; where Discord does not take what it says, post that something was left out."""
        try:
            await self._send(Content(text), key)
        except ContentRefused:
            await self._send(Content(MARK), key)
