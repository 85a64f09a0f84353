"""What one long text becomes: messages, and files that go with them. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file to attach to a message; where none can be, people read what it holds, if it `is_written_out`.

    A picture has its bytes as `data` and in `alt` the words for who cannot see it; nothing is read in its place.
    """

    name: str
    text: str
    is_written_out: bool = True
    data: bytes = b""
    alt: str = ""

    @property
    def content(self) -> bytes:
        """What it holds."""
        return self.data or self.text.encode()


@dataclass(frozen=True, slots=True)
class Part:
    """One message: what it reads, which piece of the whole text it stands for, what is attached to it.

    The sources of all parts, joined, are the whole text.
    """

    text: str
    source: str
    files: tuple[File, ...] = ()
