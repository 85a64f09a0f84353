"""What people send along with a message: what was taken in of it, and why the rest was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that a person sent along, as far as it is text.

    `is_document`: its text was taken out of a PDF, Word or PowerPoint file and may be cut to what a model reads;
    `is_cut`: that has happened. A page or slide begins with a line of its own, "[page 3]".
    """

    name: str
    text: str
    is_document: bool = False
    is_cut: bool = False


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Picture:
    """A picture that a person sent along: kept in memory while its turn is open, and nowhere else."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SoundPieces:
    """What is heard in a recording of so many seconds: WAV files of one channel, 16 kHz and at most half a minute.

    Silence is left out of them.
    """

    pieces: tuple[bytes, ...] = field(repr=False)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Recording:
    """A voice message, or another recording, to be written down: in memory while its turn is open, and nowhere else.

    `is_others`: it came with another's message, by the author who is named; what it says stays theirs.
    """

    name: str
    sound: SoundPieces
    is_others: bool = False
    author: str = ""
    author_id: str = ""


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text of a document; `is_cut`: it is the beginning alone."""

    text: str
    is_cut: bool = False


class WhyUnread(StrEnum):
    """Why a file was not taken in, or, with `CUT`, not all of it. Stored with open turns."""

    KIND = "kind"
    OFF = "off"
    LARGE = "large"
    MANY = "many"
    NOT_GIVEN = "not_given"
    DAMAGED = "damaged"
    EMPTY = "empty"
    COSTLY = "costly"
    LOCKED = "locked"
    NO_READER = "no_reader"
    FULL = "full"
    LONG = "long"
    SILENT = "silent"
    NO_SOUNDS = "no_sounds"
    NO_FFMPEG = "no_ffmpeg"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class UnseenFile:
    """A file that was not taken in. `up_to` is the last page that was read ("page 12"), where it was cut at one."""

    name: str
    why: WhyUnread = WhyUnread.KIND
    up_to: str = ""

    def written(self) -> str:
        """Return what is stored of it: one line."""
        parts = [self.name] if self.why is WhyUnread.KIND else [self.name, self.why.value, self.up_to]
        return "\t".join(" ".join(part.split()) for part in parts)


def unseen_file(written: str) -> UnseenFile:
    """Read what `UnseenFile.written` has written; a reason of a later version is none in particular."""
    name, why, up_to = (*written.split("\t"), "", "")[:3]
    return UnseenFile(name, WhyUnread(why) if why in set(WhyUnread) else WhyUnread.KIND, up_to)
