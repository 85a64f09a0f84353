"""A chunk's digest, the text that is embedded: where it stands, its points' names, its paragraphs' beginnings. Pure.

Embedding whole lessons costs a minute of processor time for a hundred pages; the words of a text are found without it.
What a digest leaves out is measured in docs/decisions/0007-lesson-search.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.domain import Chunk, Document

TOKENS = 30
"""About so many tokens of the text are embedded, beside the headings."""

LABEL_TOKENS = 14
BEGINNINGS = 3
"""So many paragraphs have their beginnings embedded at most."""

SHORTEST = 20
"""Characters; a shorter paragraph says little where there are longer ones."""

_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,}).*?(?:^[ \t>]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_NOT_SAID = re.compile(r"<[^>\n]{1,200}>|https?://\S+|^[ \t]*\|?[ \t:|-]+\|?[ \t]*$", re.MULTILINE)
_EMPHASIS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)")
_MARKS = re.compile(r"[>#|\\]+|^[ \t]*(?:[-•+]|\d+[.)])[ \t]+", re.MULTILINE)
_LABEL = re.compile(
    r"^[ \t>]*(?:(?:[-*•+]|\d+[.)])[ \t]+)?\*\*([^*\n]{2,60}?)[:：.]?[ \t]*\*\*"
    r"|^\|[ \t]*\**([^|\n*]{3,50}?)\**[ \t]*\|",
    re.MULTILINE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?。！？।؟])\s*(?=\S)")
_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*•+]|\d+[.)])[ \t])|\n(?=\|)")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LATIN = re.compile("[\u0000-\u024f]")
_STEP = re.compile(r"\S{1,8}\s*")
# Characters a token holds, measured over eleven languages: wide letters, Latin ones, others.
CHARACTERS = (1.6, 4.2, 3.3)


def digests(document: Document, chunks: Sequence[Chunk]) -> list[str]:
    """Return what is embedded of each chunk, in order; a chunk of code alone shares that of its section's first."""
    made: list[str] = []
    for index, chunk in enumerate(chunks):
        text = _FENCE.sub("", chunk.text)
        is_first = not index or chunks[index - 1].section != chunk.section
        made.append(_digest(document, chunk, text) if is_first or len(_plain(text)) >= SHORTEST else made[-1])
    return made


def _digest(document: Document, chunk: Chunk, text: str) -> str:
    where = " > ".join(dict.fromkeys((document.title, *chunk.heading_path[-1:])))
    labels = _cut(", ".join(dict.fromkeys(_labels(text))), LABEL_TOKENS)
    plain = [part for part in map(_plain, _PARAGRAPH.split(text)) if part]
    telling = [part for part in plain if len(part) > SHORTEST] or plain
    chosen = [_SENTENCE_END.split(part)[0] for part in telling[:BEGINNINGS]]
    each = (TOKENS - _tokens(labels)) / max(len(chosen), 1)
    return ". ".join(filter(None, (where, labels, " ".join(_cut(beginning, each) for beginning in chosen))))


def _labels(text: str) -> Iterator[str]:
    """Yield what stands in bold at the start of a line, and the first cells of tables."""
    for found in _LABEL.finditer(text):
        label = (found[1] or found[2]).strip()
        if label.strip("-: "):
            yield label


def _plain(text: str) -> str:
    """Return the words of a text without Markdown."""
    said = _NOT_SAID.sub(" ", _LINK.sub(r"\1", _IMAGE.sub("", text)))
    return " ".join(_MARKS.sub(" ", _EMPHASIS.sub("", said)).split())


def _tokens(text: str) -> float:
    """Return about how many tokens a text is."""
    wide, latin = len(_WIDE.findall(text)), len(_LATIN.findall(text))
    return sum(count / each for count, each in zip((wide, latin, len(text) - wide - latin), CHARACTERS, strict=True))


def _cut(text: str, tokens: float) -> str:
    """Return the beginning of a text, about so many tokens of it."""
    end, left = 0, tokens
    for step in _STEP.finditer(text):
        left -= _tokens(step[0])
        if left < 0:
            break
        end = step.end()
    return text[:end].strip()
