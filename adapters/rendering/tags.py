"""The HTML that models write between Markdown, as Markdown. Pure.

A tag that comes in pairs is rewritten when both are there: one that is still being written stays as it is, and so does
what is no tag of a text (`<T>`, `<your name>`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

from adapters.rendering.latex import lowered, raised
from adapters.rendering.pieces import Kind, Piece, raw, seen

RULE = "─" * 12
# No text has more tags inside each other; those that are deeper stay.
MOST_DEPTH = 20
_BOLD = frozenset(("b", "strong", "summary", "mark", "h1", "h2", "h3", "h4", "h5", "h6", "th"))
_MARKS = dict.fromkeys(_BOLD, "**") | {"i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~"}
_CODE = frozenset(("code", "kbd", "samp", "tt", "var"))
# Say how a text is laid out, which a message has no say in.
_SILENT = frozenset(
    ("details", "p", "div", "span", "center", "font", "small", "big", "section", "article", "ul", "ol", "u", "ins")
)


class _Tag(HTMLParser):
    """Reads one tag."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.name, self.is_closing = "", False
        self.attributes: Mapping[str, str] = {}
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.name = tag
        self.attributes = {name: value or "" for name, value in attrs}

    def handle_endtag(self, tag: str) -> None:
        self.name, self.is_closing = tag, True

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def without_tags(parts: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with every tag that says something written as Markdown says it."""
    if not any(part.kind is Kind.TAG for part in parts):
        return list(parts)
    tags = {index: _Tag(part.raw) for index, part in enumerate(parts) if part.kind is Kind.TAG}
    return _Rewriting(parts, tags).between(0, len(parts))


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
    def __init__(self, parts: Sequence[Piece], tags: Mapping[int, _Tag]) -> None:
        self._parts = parts
        self._tags = tags
        self._pairs = _pairs(tags)

    def between(self, start: int, end: int, *, depth: int = 0) -> list[Piece]:
        """Write the pieces from one place to another."""
        written: list[Piece] = []
        index = start
        while index < end:
            closing = self._pairs.get(index, end)
            spanned = self._spanned(index, closing, depth=depth) if closing < end and depth < MOST_DEPTH else None
            if spanned is not None:
                written += spanned
                index = closing
            else:
                written += self._alone(index) if index in self._tags else [self._parts[index]]
            index += 1
        return written

    def _spanned(self, index: int, closing: int, *, depth: int) -> list[Piece] | None:
        """Write a pair of tags and what stands between; None where Markdown has nothing of the kind."""
        tag, inner = self._tags[index], self._parts[index + 1 : closing]
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

    def _alone(self, index: int) -> list[Piece]:
        tag, source = self._tags[index], self._parts[index].raw
        if tag.name == "br":
            return [] if self._breaks_behind(index) else [Piece(Kind.TEXT, "\n")]
        if tag.name == "hr":
            return [Piece(Kind.TEXT, f"\n{RULE}\n")]
        if tag.name == "li":
            return [] if tag.is_closing else [Piece(Kind.TEXT, "• ")]
        if tag.name == "img" and tag.attributes.get("src"):
            words = tag.attributes.get("alt", "")
            return [Piece(Kind.IMAGE, source, (Piece(Kind.TEXT, words),) if words else (), tag.attributes["src"])]
        return [] if tag.name in _SILENT else [Piece(Kind.TEXT, source)]

    def _breaks_behind(self, index: int) -> bool:
        return index + 1 < len(self._parts) and self._parts[index + 1].raw.lstrip(" \t").startswith("\n")


def _within(mark: str, inner: list[Piece]) -> list[Piece]:
    """Set marks around pieces, inside the spaces at both ends: outside of them they would be none."""
    if not seen(inner).strip():
        return inner
    before, inner = _spaces(inner, at=0)
    behind, inner = _spaces(inner, at=-1)
    return [*before, Piece(Kind.MARK, mark), *inner, Piece(Kind.MARK, mark), *behind]


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
