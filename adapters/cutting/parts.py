"""What one long text becomes: messages, and files that go with them. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file to attach to a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One message: what it reads, which piece of the whole text it stands for, what is attached to it.

    The sources of all parts, joined, are the whole text.
    """

    text: str
    source: str
    files: tuple[File, ...] = ()
