"""The process that reads one file: the file on its standard input, what was read on its standard output, as JSON.

It limits itself before it reads a byte. Whatever a library raises ends it, which says that the file cannot be read.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from collections.abc import Iterable, Sequence
from contextlib import suppress

from bot.clock import SYSTEM_CLOCK, Clock
from bot.documents.document_kinds import DocumentKind
from bot.documents.sound_kinds import SoundKind
from bot.documents.stopped import Stopped
from bot.domain.attachments import WhyUnread

MEMORY_BYTES = 512 * 1024**2
PROCESSOR_S = 10
OPEN_FILES = 64
NICER = 10
# After so long the beginning is what there is: a book of a thousand pages is no attack.
BEGINNING_S = 6.0
# Of a file in memory, which is how a recording is handed on to ffmpeg.
MOST_FILE_BYTES = 32 * 1024**2
# More than the largest context windows hold of what people send.
MOST_TEXT_BYTES = 512 * 1024


def limit(*, file_bytes: int = 0, processor_s: int = PROCESSOR_S) -> None:
    """Take less: of memory, of the processor from now on, and nothing, or so much, is written to a file."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(NICER)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, processor_s),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        # Some systems do not take one of them, and a limit that is lower already stays.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def pieces(kind: DocumentKind, content: bytes) -> Iterable[str]:
    """Return the text of a document piece by piece."""
    match kind:
        case DocumentKind.PDF:
            from bot.documents.pdf_text import pdf_pages

            return pdf_pages(content)
        case DocumentKind.WORD:
            from bot.documents.word_text import word_blocks

            return word_blocks(content)
        case DocumentKind.SLIDES:
            from bot.documents.slides_text import slide_texts

            return slide_texts(content)


def taken_from(kind: DocumentKind, content: bytes, *, clock: Clock) -> dict[str, object]:
    """Return the text of a document, or why there is none."""
    taken: list[str] = []
    left, is_cut, has_words, until = MOST_TEXT_BYTES, False, False, clock.now() + BEGINNING_S
    for piece in pieces(kind, content):
        taken.append(piece)
        has_words = has_words or any(map(bare, piece.split("\n")))
        left -= len(piece.encode(errors="replace")) + 2
        if left < 0:
            is_cut = True
            taken[-1] = taken[-1].encode(errors="ignore")[:left].decode(errors="ignore")
            break
        if is_cut := clock.now() > until:
            break
    if not has_words:
        return {"unread": WhyUnread.EMPTY.value}
    return {"text": "\n\n".join(taken), "is_cut": is_cut}


def bare(line: str) -> str:
    """Return a line's words; none of one that marks a page or slide."""
    return "" if line.startswith("[") and line.endswith("]") else line.strip()


def heard_in(kind: SoundKind, content: bytes, *, most_s: float) -> dict[str, object]:
    """Return the pieces of a recording, and how long it is, or why there are none."""
    from bot.documents.sound_decoding import RATE, decoded
    from bot.documents.sound_pieces import pieces_of

    sound = decoded(kind, content, most_s=most_s)
    heard = [b64encode(piece).decode() for piece in pieces_of(sound)]
    return {"pieces": heard, "seconds": len(sound) / RATE} if heard else {"unread": WhyUnread.SILENT.value}


def read(arguments: Sequence[str], content: bytes) -> dict[str, object]:
    """Return what is read of a file of the kind that the first argument names; of a recording so many seconds."""
    kind, *rest = arguments
    if kind in set(SoundKind):
        return heard_in(SoundKind(kind), content, most_s=float(rest[0]))
    return taken_from(DocumentKind(kind), content, clock=SYSTEM_CLOCK)


def main() -> None:
    """Read the file that comes in, as the arguments say."""
    limit(file_bytes=0 if sys.argv[1] in set(DocumentKind) else MOST_FILE_BYTES)
    try:
        said = read(sys.argv[1:], sys.stdin.buffer.read())
    except Stopped as stopped:
        said = {"unread": stopped.why.value}
    except MemoryError:
        said = {"unread": WhyUnread.COSTLY.value}
    # What is no character (a lone half of one) is escaped, and cleaned by whoever reads it.
    sys.stdout.write(json.dumps(said))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
