"""The HTML that models write between Markdown, as Markdown. Pure.

A tag that comes in pairs is rewritten when both are there: one that is still being written stays as it is, and so does
what is no tag of a text (`<T>`, `<your name>`). So does one that a sentence names instead of using it ("put a <div>
inside a <span>"): where it stands in its line tells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from adapters.rendering.latex import lowered, raised
from adapters.rendering.pieces import Kind, Piece, raw, seen
from adapters.rendering.tag_places import TagPlace, places_of

RULE = "─" * 12
# No text has more tags inside each other; those that are deeper stay.
MOST_DEPTH = 20
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOLD = _HEADINGS | {"b", "strong", "summary", "mark", "th"}
_MARKS = dict.fromkeys(_BOLD, "**") | {"i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~"}
_CODE = frozenset(("code", "kbd", "samp", "tt", "var"))
_ALONE = frozenset(("br", "hr", "li"))
# What stands in them has lines of its own.
_BLOCKS = _HEADINGS | {"details", "summary", "p", "div", "center", "section", "article", "blockquote", "ul", "ol", "li"}
# Between them stands an empty line.
_PARAGRAPHS = _HEADINGS | {"p"}
# Where a line, or a paragraph, has to end.
_BREAK, _GAP = Piece(Kind.TEXT, "\n", target="."), Piece(Kind.TEXT, "\n", target="..")
# Say how a text is laid out, which a message has no say in.
_SILENT = frozenset(
    (
        *("details", "p", "div", "span", "center", "font", "small", "big", "section", "article", "blockquote"),
        *("ul", "ol", "u", "ins"),
    )
)
_PLAIN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z][\w-]*)*)\s*/?>", re.ASCII)
# What is left out where an example would have something.
_DOTS = ("...", "…")


class _Tag(NamedTuple):
    """What a tag says."""

    name: str = ""
    is_closing: bool = False
    attributes: Mapping[str, str] = {}

    @classmethod
    def read(cls, source: str) -> _Tag:
        """Read one tag; those whose attributes have no values are common, and plain."""
        if plain := _PLAIN.fullmatch(source):
            name, is_closing = plain[2].lower(), bool(plain[1])
            return cls(name, is_closing, {} if is_closing else dict.fromkeys(plain[3].lower().split(), ""))
        reader = _TagReader()
        reader.feed(source)
        reader.close()
        return reader.tag


class _TagReader(HTMLParser):
    """Reads one tag."""

    tag = _Tag()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag = _Tag(tag, attributes={name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        self.tag = _Tag(tag, is_closing=True)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def without_tags(parts: Sequence[Piece], *, is_cell: bool = False) -> list[Piece]:
    """Return the pieces with every tag that says something written as Markdown says it.

    In a table's cell a `<br>` is what ends a line, however it stands there.
    """
    if not any(part.kind is Kind.TAG for part in parts):
        return list(parts)
    tags = {index: _Tag.read(part.raw) for index, part in enumerate(parts) if part.kind is Kind.TAG}
    return _settled(_Rewriting(parts, tags, is_cell=is_cell).between(0, len(parts)))


def _settled(parts: Sequence[Piece]) -> list[Piece]:
    """Let every block have lines of its own, without more empty ones than it needs."""
    settled: list[Piece] = []
    wanted, ended = 0, 2
    for part in parts:
        if part in (_BREAK, _GAP):
            wanted = max(wanted, len(part.target))
            continue
        beginning = len(part.raw) - len(part.raw.lstrip("\n"))
        if ended and settled and part.kind is Kind.TEXT and part.raw.startswith(" "):
            part = part._replace(raw=part.raw.lstrip(" "))  # noqa: PLW2901 - it begins a line
        if wanted > ended + beginning and part.raw.strip(" \t"):
            settled.append(Piece(Kind.TEXT, "\n" * (wanted - ended - beginning)))
            part = part._replace(raw=part.raw.lstrip(" "))  # noqa: PLW2901 - it begins a line
        wanted = 0 if part.raw.strip(" \t") else wanted
        settled.append(part)
        if part.raw.strip(" \t"):
            ended = len(part.raw) - len(part.raw.rstrip("\n"))
    return settled


def is_layout(line: str, opened: list[str]) -> bool:
    """Whether a line is one tag that lays out what follows, or ends that; `opened` are those that are open.

    One without attributes may be what the text is about, so that it is shown, but for `<details>`.
    """
    if not line.startswith("<") or not line.endswith(">") or line.count("<") > 1:
        return False
    tag = _Tag.read(line)
    if tag.name not in _SILENT:
        return False
    if tag.is_closing:
        if tag.name in opened:
            opened.remove(tag.name)
            return True
        return False
    if tag.attributes or tag.name == "details":
        opened.append(tag.name)
        return True
    return False


def _pairs(tags: Mapping[int, _Tag]) -> dict[int, int]:
    """Return which tag is closed by which."""
    pairs: dict[int, int] = {}
    opened: defaultdict[str, list[int]] = defaultdict(list)
    for index, tag in tags.items():
        if not tag.is_closing:
            opened[tag.name].append(index)
        elif opened[tag.name]:
            pairs[opened[tag.name].pop()] = index
    return pairs


class _Rewriting:
    def __init__(self, parts: Sequence[Piece], tags: Mapping[int, _Tag], *, is_cell: bool) -> None:
        self._parts = parts
        self._is_cell = is_cell
        self._tags = tags
        self._pairs = _pairs(tags)
        self._places = places_of(parts)
        self._named = self._found_named()

    def _found_named(self) -> frozenset[int]:
        """Return which tags are written for people to read."""
        closed_by = self._pairs
        closing = {end: start for start, end in closed_by.items()}
        items = sum(tag.name == "li" and not tag.is_closing for tag in self._tags.values())
        named: set[int] = set()
        for index, tag in self._tags.items():
            place = self._places[index]
            if index in closing:
                is_named = closing[index] in named
            elif index in closed_by:
                is_named = self._is_named_pair(index, closed_by[index], named)
            elif (tag.name == "br" and (self._is_cell or place.ends_block)) or tag.name == "img":
                is_named = False
            elif tag.name in _ALONE and not tag.is_closing:
                is_named = place.is_named or (place.begins_sentence and not (tag.name == "li" and items > 1))
            elif tag.name == "details" and index + 1 in self._tags and place.starts_line:
                is_named = self._tags[index + 1].name != "summary"
            else:
                is_named = not (place.is_alone and (tag.name == "details" or (tag.name in _SILENT and tag.attributes)))
            if is_named:
                named.add(index)
        return frozenset(named)

    def _is_named_pair(self, start: int, end: int, named: set[int]) -> bool:
        tag, first, last = self._tags[start], self._places[start], self._places[end]
        if end == start + 1:
            return TagPlace.is_named_between(first, last)
        inner = self._parts[start + 1].raw
        is_example = inner.strip() in _DOTS or (tag.name in _SILENT | _BLOCKS and inner.startswith("{"))
        if tag.name in _BLOCKS:
            is_behind_tag = start - 1 in self._tags
            is_used = first.starts_line or (start - 1 not in named if is_behind_tag else first.is_glued)
            return is_example or not is_used
        is_spaced = end == start + 2 and inner[:1].isspace() and inner[-1:].isspace()
        return (is_example or is_spaced) and TagPlace.is_named_between(first, last)

    def between(self, start: int, end: int, *, depth: int = 0) -> list[Piece]:
        """Write the pieces from one place to another."""
        written: list[Piece] = []
        index = start
        while index < end:
            closing = self._pairs.get(index, end)
            spanned = self._spanned(index, closing, depth=depth) if closing < end and depth < MOST_DEPTH else None
            if spanned is not None:
                ends = self._ends(index)
                written += [*ends, *spanned, *ends]
                index = closing
            else:
                written += self._alone(index) if index in self._tags else [self._parts[index]]
            index += 1
        return written

    def _spanned(self, index: int, closing: int, *, depth: int) -> list[Piece] | None:
        """Write a pair of tags and what stands between; None where Markdown has nothing of the kind."""
        tag, inner = self._tags[index], self._parts[index + 1 : closing]
        if index in self._named:
            return None
        if tag.name in ("sub", "sup"):
            return [Piece(Kind.FORMULA, (lowered if tag.name == "sub" else raised)(seen(inner)))] if inner else []
        if tag.name in _CODE:
            content = raw(inner)
            is_simple = content.strip() and "`" not in content and "\n" not in content
            return [Piece(Kind.CODE, f"`{content}`")] if is_simple else None
        if tag.name in _MARKS:
            return _within(_MARKS[tag.name], self.between(index + 1, closing, depth=depth + 1))
        if tag.name == "a":
            return _link(tag.attributes.get("href", ""), self.between(index + 1, closing, depth=depth + 1))
        return None

    def _ends(self, index: int) -> list[Piece]:
        """End the line, or the paragraph, where a block begins or ends."""
        name = self._tags[index].name
        return ([_GAP] if name in _PARAGRAPHS else [_BREAK]) if name in _BLOCKS else []

    def _alone(self, index: int) -> list[Piece]:
        tag, source = self._tags[index], self._parts[index].raw
        if index in self._named:
            return [Piece(Kind.TEXT, source)]
        if tag.name == "br":
            return [] if self._breaks_behind(index) else [Piece(Kind.TEXT, "\n")]
        if tag.name == "hr":
            return [Piece(Kind.TEXT, f"\n{RULE}\n")]
        if tag.name == "img" and tag.attributes.get("src"):
            words = tag.attributes.get("alt", "")
            return [Piece(Kind.IMAGE, source, (Piece(Kind.TEXT, words),) if words else (), tag.attributes["src"])]
        if tag.name not in _SILENT and tag.name != "li":
            return [Piece(Kind.TEXT, source)]
        is_item = tag.name == "li" and not tag.is_closing
        return [*self._ends(index), *([Piece(Kind.TEXT, "• ")] if is_item else [])]

    def _breaks_behind(self, index: int) -> bool:
        return index + 1 < len(self._parts) and self._parts[index + 1].raw.lstrip(" \t").startswith("\n")


def _within(mark: str, inner: list[Piece]) -> list[Piece]:
    """Set marks around pieces, inside the spaces at both ends: outside of them they would be none."""
    if not seen(inner).strip():
        return inner
    before, inner = _spaces(inner, at=0)
    behind, inner = _spaces(inner, at=-1)
    return [*before, Piece(Kind.MARK, mark), *inner, Piece(Kind.MARK, mark, target="/"), *behind]


def _spaces(parts: list[Piece], *, at: int) -> tuple[list[Piece], list[Piece]]:
    """Take the spaces off one end."""
    text = parts[at].raw
    rest = text.strip() if not text.strip() else (text.lstrip() if at == 0 else text.rstrip())
    if parts[at].kind is not Kind.TEXT or rest == text:
        return [], parts
    spaces = text[: len(text) - len(rest)] if at == 0 else text[len(rest) :]
    kept = [Piece(Kind.TEXT, rest)] if rest else []
    return [Piece(Kind.TEXT, spaces)], [*kept, *parts[1:]] if at == 0 else [*parts[:-1], *kept]


def _link(address: str, inner: Sequence[Piece]) -> list[Piece] | None:
    if not address.startswith(("http://", "https://", "mailto:")) or any(sign in address for sign in " ()<>\n"):
        return None
    return [Piece(Kind.LINK, f"[{raw(inner)}]({address})", tuple(inner), address)]
