"""Pieces of Markdown written in a platform's dialect, as bits that the order of a line is decided on. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from adapters.rendering.dialect import Dialect, Links
from adapters.rendering.direction import Bit
from adapters.rendering.emphasis import with_room, without_doubt
from adapters.rendering.latex import readable
from adapters.rendering.links import is_honest, names_an_address
from adapters.rendering.noting import PUNCTUATION
from adapters.rendering.parsing import pieces
from adapters.rendering.pieces import Kind, Piece, code_content, raw, seen
from adapters.rendering.remembered import remembered
from adapters.rendering.tags import without_tags
from adapters.rendering.unseen import is_suspect

# What may be a mark in the middle of a line; the bracket is one behind another alone.
_MARKS = re.compile(r"([\\*_~`|$]|(?<=\])\()")
# An address behind a link's words, and the title it may have.
_BARE = re.compile(r"\]\((?P<scheme>(?i:https?))(?P<rest>://[^\s<>]+)(?P<title>\s[^<>]*)?\)")
_MARKS_INSIDE = re.compile(r"(?<=[^*_~])(\*{1,3}|_{1,3}|~~)>$")
# Takes half as long as the constructor; and kinds, looked up once: each costs as much as a call.
_new = tuple.__new__
_TEXT, _MARK, _CODE, _ESCAPE, _URL = Kind.TEXT, Kind.MARK, Kind.CODE, Kind.ESCAPE, Kind.URL
_PLAIN = frozenset((_TEXT, _ESCAPE, _URL))  # written in a link's words as it stands
_TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


# Remembered, since the direction of a text is told by its first lines before they are written.
@remembered(64)
def bits(text: str, dialect: Dialect, *, is_task: bool = False, is_cell: bool = False) -> tuple[Bit, ...]:
    """Write a run of Markdown text; `is_task` where a box may stand at its beginning, `is_cell` in a table."""
    parts = without_tags(_mended(pieces(text)), is_cell=is_cell)
    if is_task and parts and parts[0].raw[:4] in _TASKS and parts[0].kind is Kind.TEXT:
        parts[0] = Piece(Kind.TEXT, _TASKS[parts[0].raw[:4]] + parts[0].raw[4:])
    parts = with_room(parts) if dialect.guard is None else without_doubt(parts)
    return tuple(_Writer(dialect).written(parts))


def _mended(parts: Sequence[Piece]) -> Sequence[Piece]:
    """Take marks out of an address's angles where they close what was opened before them: `**<https://a.b**>`."""
    if not any(part.kind is _URL for part in parts):
        return parts
    mended = list(parts)
    for index, part in enumerate(parts):
        marks = _MARKS_INSIDE.search(part.raw) if part.kind is Kind.URL else None
        if marks and index and parts[index - 1].raw.endswith(marks[1]):
            mended[index] = Piece(Kind.URL, f"{part.raw[: marks.start()]}>{marks[1]}")
    return parts if mended == list(parts) else pieces(raw(mended))


def plain(text: str) -> Iterator[Bit]:
    """Write a text so that no character of it is a mark of Markdown, nor begins a list, a quote or a heading."""
    if text[:1] in tuple("+#>"):
        yield Bit(f"\\{text[0]}", text[0])
        text = text[1:]
    for number, part in enumerate(_MARKS.split(text)):
        if part:
            yield Bit(f"\\{part}" if number % 2 else part, part)


def lines(line_bits: Sequence[Bit]) -> list[list[Bit]]:
    """Cut bits into lines."""
    cut: list[list[Bit]] = [[]]
    for bit in line_bits:
        if "\n" not in bit.raw:
            cut[-1].append(bit)
            continue
        first, *rest = bit.raw.split("\n")
        if first:
            cut[-1].append(_part(bit, first))
        cut.extend([_part(bit, line)] if line else [] for line in rest)
    return cut


def _part(bit: Bit, text: str) -> Bit:
    return Bit(text, text if bit.seen else "", whole=bit.whole, torn=bit.whole)


class _Writer:
    """Writes pieces."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def written(self, parts: Sequence[Piece], *, in_link: bool = False) -> Iterator[Bit]:
        opened = _Opened() if any("[" in part.raw for part in parts if part.kind is _TEXT) else None
        last_bracket = _last([")" in part.raw for part in parts])
        last_address = _last([part.kind is _URL for part in parts])
        for index, part in enumerate(parts):
            if opened is not None:
                opened.take(part)
            if part.kind is _TEXT:
                # An address further on than right behind a link's beginning may be written with brackets.
                grows = max(last_bracket, last_address - part.raw.endswith("](")) <= index
                yield from self._text(part.raw, grows=grows)
                continue
            if (simple := self._simple(part)) is not None:
                yield simple
                continue
            match part.kind:
                case Kind.LINK | Kind.IMAGE if in_link:
                    yield from self.written(part.inner, in_link=True)
                case Kind.LINK | Kind.IMAGE:
                    yield from self._link(part, is_shadowed=opened is not None and opened.names_an_address())
                case Kind.URL:
                    yield self._url(part.raw, is_in_link=index > 0 and parts[index - 1].raw.endswith(("](", "\\(")))
                case Kind.MATH:
                    beside = parts[index - 1].raw[-1:] if index else "", raw(parts[index + 1 : index + 2])[:1]
                    yield from _formula(part, can_be_code="`" not in beside)
                case Kind.FORMULA:
                    yield from plain(part.raw)

    @staticmethod
    def _text(text: str, *, grows: bool) -> Iterator[Bit]:
        """Write text; what only looks like a link's end to a more lenient reader is made none.

        `grows`: nothing behind the text keeps `](` at its end from being a link that is still being written.
        """
        if "](" not in text:
            if text:
                yield _new(Bit, (text, text, False, False, "", False))
            return
        at = 0
        while (found := text.find("](", at)) >= 0 and not (grows and ")" not in text[found:]):
            yield from (Bit(text[at : found + 1], text[at : found + 1]), Bit("\\(", "("))
            at = found + 2
        if text[at:]:
            yield Bit(text[at:], text[at:])

    def _simple(self, part: Piece) -> Bit | None:
        """Write what is one bit; None for what may be more. The most common kinds come first."""
        kind = part.kind
        if kind is _MARK:
            return Bit(part.raw.replace("_", "*") if part.is_strong else part.raw, "")
        if kind is _CODE:
            return Bit(part.raw, code_content(part.raw) or part.raw, whole=True)
        if kind is _ESCAPE:
            return Bit(part.raw, part.raw[1:])
        return self._rare(part)

    def _rare(self, part: Piece) -> Bit | None:
        match part.kind:
            case Kind.SIGN:
                return Bit(f"\\{part.raw}", part.raw)
            case Kind.ENTITY:
                return self._entity(part)
            case Kind.NOTE:
                return Bit(f"[{part.target}]", f"[{part.target}]")
            case Kind.TAG:
                return Bit(part.raw, part.raw)
        return None

    def _entity(self, part: Piece) -> Bit:
        text = seen([part])
        if is_suspect(text) or (not text.isprintable() and unicodedata.category(text[0]) not in ("Cf", "Zs")):
            return Bit("", "")
        if not self._dialect.decodes:
            # One character to whoever reads it: no mark of direction may tear it.
            return Bit(part.raw, text)
        return Bit(f"\\{text}" if text in PUNCTUATION else text, text)

    def _url(self, address: str, *, is_in_link: bool) -> Bit:
        if is_in_link:  # one that is still being written
            return Bit(address, address, whole=True)
        if address.startswith("<") and "://" not in address:
            is_mail = ("@" in address and ":" not in address) or address.lower().startswith(
                ("<mailto:", "<tel:", "<sms:")
            )
            text = address[1:-1] if is_mail else address
            return Bit(text, text, whole=True)
        plain = address.strip("<>")
        guarded = self._dialect.address(plain)
        is_known = not address.startswith("<") or self._dialect.has_angle_addresses
        return Bit(address if is_known else guarded, plain, whole=True, guarded=guarded)

    def _link(self, part: Piece, *, is_shadowed: bool) -> Iterator[Bit]:
        """Write a link; `is_shadowed`: a more lenient reader sees an address before it as a part of its words."""
        words = seen(part.inner)
        if part.raw.startswith("<"):  # as Slack writes links
            inner = pieces(raw(part.inner))
            part, words = Piece(Kind.LINK, f"[{raw(inner)}]({_closed(part.target)})", inner, part.target), seen(inner)
        if not part.target or (not words.strip() and not _is_address(part.target)):
            yield Bit(part.raw, part.raw)
        elif not words.strip():
            yield from self._address(part.target)
        elif is_shadowed or not (_shows_itself(part) or is_honest(words, part.target)):
            yield from self._spelled(part)
        elif self._dialect.links is not None:
            yield from self._masked(part, words, self._dialect.links)
        elif part.kind is Kind.LINK and _is_address(words) and all(each.kind in _PLAIN for each in part.inner):
            yield Bit(f"[{raw(part.inner)}{self._tail(part)}", words, whole=True)
        else:
            yield Bit("[", "")
            yield from self.written(part.inner, in_link=True)
            yield Bit(self._tail(part), "")

    def _spelled(self, part: Piece) -> Iterator[Bit]:
        """Write a link as its words and where it leads."""
        yield from self.written(pieces(raw(part.inner)), in_link=True)
        yield Bit(" (", " (")
        yield from self._address(part.target)
        yield Bit(")", ")")

    def _masked(self, part: Piece, words: str, links: Links) -> Iterator[Bit]:
        """Write a link so that the platform shows none of its brackets."""
        if words.strip().rstrip("/") in (part.target.rstrip("/"), part.target.removeprefix("mailto:")):
            yield from self._address(part.target) if links.leads_somewhere(part.target) else plain(words)
        elif not links.leads_somewhere(part.target):
            yield from self._spelled(part)
        elif links.fits(words):
            inner = links.as_words(tuple(self.written(part.inner, in_link=True)))
            yield from self._spelled(part) if inner is None else (Bit("[", ""), *inner, Bit(self._tail(part), ""))
        else:
            before, middle, behind = links.parted(words)
            if middle.strip() and links.fits(middle) and words == raw(part.inner):
                yield from plain(before)
                yield from self._masked(part._replace(inner=(Piece(Kind.TEXT, middle),)), middle, links)
                yield from plain(behind)
            else:
                yield from self._spelled(part)

    def _address(self, target: str) -> Iterator[Bit]:
        links = self._dialect.links
        if _is_address(target) and (links is None or links.leads_somewhere(target)):
            yield Bit(self._dialect.address(_closed(target)), target, whole=True)
        else:
            yield from plain(target)

    def _tail(self, part: Piece) -> str:
        """Return what stands behind a link's words, in the form that every reader knows."""
        tail = part.raw[1 + len(raw(part.inner)) :]
        is_plain = (
            part.raw.startswith(f"[{raw(part.inner)}]")
            and part.kind is Kind.LINK
            and tail.startswith("](")
            and "<" not in tail
            and "\n" not in tail
        )
        tail = tail if is_plain else f"]({_closed(part.target)})"
        bare = _BARE.fullmatch(tail) if self._dialect.has_angle_addresses else None
        return f"](<{bare['scheme'].lower()}{bare['rest']}>{bare['title'] or ''})" if bare else tail


def _last(found: Iterable[bool]) -> int:
    return max([index for index, is_found in enumerate(found) if is_found], default=-1)


class _Opened:
    """What stands behind a bracket that nothing has closed yet: some readers take it for the words of a later link."""

    # As much of it as anybody would take for an address.
    MOST_CHARS = 300

    def __init__(self) -> None:
        self._text = ""
        self._depth = 0

    def take(self, part: Piece) -> None:
        """Read a piece."""
        if part.kind is Kind.TEXT:
            for character in part.raw if "[" in part.raw or self._depth else "":
                self._depth = max(self._depth + (character == "[") - (character == "]"), 0)
        if not self._depth:
            self._text = ""
        elif part.kind is not Kind.LINK:
            self._text = (self._text + seen([part]))[-self.MOST_CHARS :]

    def names_an_address(self) -> bool:
        """Whether such words name one."""
        return self._depth > 0 and names_an_address(self._text)


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "mailto:"))


def _closed(target: str) -> str:
    """Return an address without brackets, which would end it."""
    return target.replace("(", "%28").replace(")", "%29")


def _shows_itself(part: Piece) -> bool:
    """Whether a link's words are its address, as it is written there."""
    words = raw(part.inner)
    return part.raw.replace("%28", "(").replace("%29", ")") == f"[{words}]({words})"


def _formula(part: Piece, *, can_be_code: bool) -> Iterator[Bit]:
    """Write a formula as text, on one line; as code where it has none."""
    text = readable(part.target)
    if text is not None:
        yield from plain(text.replace("\n", "; "))
        return
    code = " ".join(part.raw.split())
    yield Bit(f"`{code}`", code, whole=True) if can_be_code and "`" not in code else Bit(part.raw, part.raw)
