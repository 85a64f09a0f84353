"""The process that reads lessons: a line says what comes and how long it is, the file follows, and a line answers.

It limits itself before it reads a byte, and begins to count the processor's seconds anew with each file. Whatever a
library raises ends it, which says that the file cannot be read.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict

from bot.clock import SYSTEM_CLOCK, Clock
from bot.documents.document_kinds import DocumentKind
from bot.documents.reading_process import limit
from bot.documents.stopped import Stopped
from bot.domain.attachments import WhyUnread
from bot.domain.lesson_parts import LessonPart

RST = "rst"
PROCESSOR_S = 30
# After so long the beginning is what there is.
BEGINNING_S = 20.0
MOST_TEXT_BYTES = 4 * 1024**2
# Fewer words are the labels of a figure, or what stands beside pictures of pages.
FEWEST_WORDS: Mapping[str, int] = {DocumentKind.PDF: 15, DocumentKind.SLIDES: 8, DocumentKind.WORD: 1}
WORD = re.compile(r"[^\W\d_]{3,}|[\u2e80-\u9fff\uac00-\ud7af]")

Titled = tuple[str, Iterable[LessonPart], bool]


def titled_parts(kind: str, content: bytes, has_time: Callable[[], bool]) -> Titled:
    """Return what a file calls itself, its parts, read one by one, and whether there was no time for all of it."""
    match kind:
        case DocumentKind.PDF:
            from bot.documents.pdf_parts import pdf_parts

            return pdf_parts(content, has_time)
        case DocumentKind.WORD:
            from bot.documents.word_parts import word_parts

            return *word_parts(content), False
        case DocumentKind.SLIDES:
            from bot.documents.slide_parts import slide_parts

            return *slide_parts(content), False
        case _:
            from bot.documents.rst_parts import rst_parts

            return *rst_parts(content), False


def read_lesson(kind: str, content: bytes, *, clock: Clock) -> dict[str, object]:
    """Return the parts of a lesson, or why there are none."""
    until = clock.now() + BEGINNING_S
    title, parts, is_cut = titled_parts(kind, content, lambda: clock.now() < until)
    taken: list[LessonPart] = []
    left, words = MOST_TEXT_BYTES, 0
    for part in parts:
        left -= len(part.text.encode(errors="replace"))
        if left < 0:
            is_cut = True
            break
        taken.append(part)
        words += len(WORD.findall(part.text)) + len(WORD.findall(part.title))
    if not taken and is_cut:
        return {"unread": WhyUnread.COSTLY.value}
    if words < FEWEST_WORDS.get(kind, 0):
        return {"unread": WhyUnread.EMPTY.value}
    return {"title": title, "parts": [asdict(part) for part in taken], "is_cut": is_cut}


def allow(seconds: int) -> None:
    """Let the processor be used for so many seconds more."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, most))


def answer(kind: str, content: bytes) -> dict[str, object]:
    """Return what is said of one file."""
    allow(PROCESSOR_S)
    try:
        return read_lesson(kind, content, clock=SYSTEM_CLOCK)
    except Stopped as stopped:
        return {"unread": stopped.why.value}
    except MemoryError:
        return {"unread": WhyUnread.COSTLY.value}


def main() -> None:
    """Read the files that come in until no more come."""
    limit(processor_s=-1)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    sys.stdout = sys.stderr
    while header := sys.stdin.buffer.readline():
        told = json.loads(header)
        said = answer(told["kind"], sys.stdin.buffer.read(told["bytes"]))
        # What is no character (a lone half of one) is escaped, and cleaned by whoever reads it.
        answers.write(json.dumps(said) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
