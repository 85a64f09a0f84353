"""The process that reads one document: the file on its standard input, what was read on its standard output, as JSON.

It limits itself before it reads a byte. Whatever a library raises ends it, which says that the file cannot be read.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress

from bot.clock import SYSTEM_CLOCK, Clock
from bot.documents.document_kinds import DocumentKind
from bot.documents.stopped import Stopped
from bot.domain.attachments import WhyUnread

MEMORY_BYTES = 512 * 1024**2
PROCESSOR_S = 10
OPEN_FILES = 64
NICER = 10
# After so long the beginning is what there is: a book of a thousand pages is no attack.
BEGINNING_S = 6.0
# More than the largest context windows hold of what people send.
MOST_TEXT_BYTES = 512 * 1024


def limit() -> None:
    """Take less: of memory, of the processor, and nothing is written to a file."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(NICER)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_S),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
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


def main() -> None:
    """Read the document that comes in, of the kind that the only argument names."""
    limit()
    try:
        said = taken_from(DocumentKind(sys.argv[1]), sys.stdin.buffer.read(), clock=SYSTEM_CLOCK)
    except Stopped as stopped:
        said = {"unread": stopped.why.value}
    except MemoryError:
        said = {"unread": WhyUnread.COSTLY.value}
    # What is no character (a lone half of one) is escaped, and cleaned by whoever reads it.
    sys.stdout.write(json.dumps(said))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
