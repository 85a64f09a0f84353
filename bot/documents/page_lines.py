"""The lines of a PDF's pages as paragraphs: without what stands on every page, torn words whole again. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.documents.markdown_words import line_of

# So many lines at the top and at the bottom of a page may be its header and its footer.
EDGE = 3
FEWEST_PAGES = 3
# Books have one header on left pages and another on right ones, and one for each chapter.
SHARE = 0.25
BULLET = re.compile(r"^(?:[•◦▪‣➢➤►▶●○■□◆∗⁃·−–*\uf0b7\uf0a7\uf0d8\uf076]|o(?=\s))\s*")
BULLET_ALONE = re.compile(r"^[•◦▪‣➢➤►▶●○■□◆∗⁃·\uf0b7\uf0a7\uf0d8\uf076]$")
NUMBERED = re.compile(r"^(?:\(?\d{1,3}[.)]|\(?[a-z]\)|\d{1,2}(?:\.\d{1,2}){1,3})\s+\S")
PAGE_NUMBER = re.compile(
    r"^(?:[-–—(\[]\s*)?(?:p(?:age|\.)?\s*|עמוד\s*|第\s*)?(\d{1,4})(?:\s*(?:/|of|מתוך|页)\s*\d{0,4})?(?:\s*[-–—)\]])?$",
    re.IGNORECASE,
)
ENDS = re.compile(r"[.!?:;。！？：…؟][\"'”’)\]]*$")
HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]$")
# Two lines of a column may come as one; `pre- and post-` stays as it is.
TORN = re.compile(r"(?<=[a-z]{2})- (?!(?:and|or|to|und|oder|bis|et|ou|y|o)\b)(?=[a-z]{2})")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]")
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# The full stop of a line in Hebrew or Arabic, which some programs write at its other end.
BACKWARD = re.compile(r"[.,:;!?](?=[\u0590-\u06ff])")
MOST_FIRST = 80
ENTRY = re.compile(r"[^\W\d_].*?[ .…]+\d{1,3}$")
FEWEST_ENTRIES = 6
PRIVATE = ("\ue000", "\uf8ff")
MOST_OWN = 2
# A line this much shorter than the page's longest ends a paragraph.
SHORT = 0.7
FEWEST_FULL = 30


def without_edges(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the lines of pages without headers, footers and page numbers, which stand at the edges of many."""
    kept = [[line for line in page if line.strip() and not _is_of_no_letters(line)] for page in pages]
    for _ in range(EDGE):
        for last in (False, True):
            kept = _without_edge(kept, last=last)
    return [_without_number(lines, number) for number, lines in enumerate(kept, 1)]


def _is_of_no_letters(line: str) -> bool:
    """Whether a line is in signs that a font gives a meaning of its own, and nobody can read without it."""
    own = sum(PRIVATE[0] <= letter <= PRIVATE[1] for letter in line)
    return own > MOST_OWN and own >= len(line) / 4


def _without_edge(pages: list[list[str]], *, last: bool) -> list[list[str]]:
    """Leave out the outermost line of the pages that have it in common with many others."""
    edges = [_shape(lines[-1 if last else 0]) if len(lines) > 1 else "" for lines in pages]
    counts = Counter(edges)
    most = max(FEWEST_PAGES, SHARE * len(pages))
    return [
        (lines[:-1] if last else lines[1:]) if edge and counts[edge] >= most else lines
        for lines, edge in zip(pages, edges, strict=True)
    ]


def _shape(line: str) -> str:
    """Return what of a line is the same on every page: its words, and that it has numbers."""
    return re.sub(r"\b[ivxl]{1,5}\b|\d+", "#", " ".join(line.casefold().split()))


def _without_number(lines: list[str], number: int) -> list[str]:
    """Leave out a page's own number, which short files have as well."""
    for at in (-1, 0):
        found = PAGE_NUMBER.match(lines[at].strip()) if len(lines) > 1 else None
        if found and int(found[1]) == number:
            lines = lines[:-1] if at else lines[1:]
    return lines


def is_table_of_contents(lines: Sequence[str]) -> bool:
    """Whether a page says on which page everything else stands."""
    return len(lines) >= FEWEST_ENTRIES and sum(ENTRY.search(line) is not None for line in lines) > len(lines) / 2


def paragraphs(lines: Sequence[str]) -> str:
    """Return the lines of a page as Markdown: paragraphs and items, each in one line."""
    longest = max(map(len, lines), default=0)
    return "\n".join(_laid_out(list(_joined(list(_items(lines)), longest))))


def _laid_out(blocks: Sequence[str]) -> Iterator[str]:
    """Yield blocks with a blank line between them, but for the items of one list."""
    was_item = False
    for at, block in enumerate(blocks):
        bullet = BULLET.match(block)
        if at and not (was_item and bullet):
            yield ""
        was_item = bullet is not None
        yield f"- {line_of(BULLET.sub('', block))}" if bullet else line_of(block)


def looks_like_title(line: str, following: Sequence[str]) -> bool:
    """Whether a page's first line is shorter than what follows it, and no sentence."""
    return len(line) < min(SHORT * max(map(len, following)), MOST_FIRST) and line[-1] not in ".,;!?"


def one_line(text: str) -> str:
    """Return words with single spaces between them and whole, letters that were set as one apart."""
    return TORN.sub("", " ".join("".join(LIGATURES.get(letter, letter) for letter in text).split()))


def _items(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines; a bullet that stands alone goes before the next."""
    bullet = ""
    for line in lines:
        text = one_line(line)
        if BACKWARD.match(text) and not ENDS.search(text):
            text = text[1:] + text[0]
        if BULLET_ALONE.match(text):
            bullet = "• "
        elif text:
            yield bullet + text
            bullet = ""


def _joined(lines: Sequence[str], longest: int) -> Iterator[str]:
    """Yield paragraphs: a line that was broken only because it was full goes on in the next."""
    block = last = ""
    for line in lines:
        if block and _goes_on(last, line, longest):
            block = _together(block, line)
        else:
            if block:
                yield block
            block = line
        last = line
    if block:
        yield block


def _goes_on(line: str, following: str, longest: int) -> bool:
    if BULLET.match(following) or NUMBERED.match(following):
        return False
    if HYPHEN.search(line):
        return True
    is_full = len(line) >= max(SHORT * longest, FEWEST_FULL)
    if ENDS.search(line):
        return is_full and len(line) >= 0.9 * longest
    return is_full or following[:1].islower()


def _together(block: str, line: str) -> str:
    if HYPHEN.search(block) and line[:1].islower():
        return block[:-1] + line
    return f"{block}{'' if CJK.match(line) and CJK.search(block[-1]) else ' '}{line}"
