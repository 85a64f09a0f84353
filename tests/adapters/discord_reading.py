"""How Discord's client reads a message: the words and signs a person sees, and the code.

Written from what the client is seen to do (public issues, and parsers that were made by trying it), not from the
renderer that is tested with it: marks pair up whatever stands beside them and over lines, a backslash before any sign
but a letter or digit is not seen, a link's words know no backslash, and a link that leads elsewhere than to http, or
has an emoji, a mention or an address in its words, is shown with its brackets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

FLAGS = regex.DOTALL | regex.MULTILINE | regex.VERSION1
EMOJI = regex.compile(
    r"[\p{Extended_Pictographic}--[™©®]]|[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3|:[a-z0-9_+-]+:", FLAGS
)
URL = regex.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]", FLAGS)
ANGLED = regex.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]*:/[^ >]+)>", FLAGS)
MENTION = regex.compile(r"<(?:@[!&]?|#)[0-9]+>|<a?:\w+:[0-9]+>|<t:-?[0-9]+(?::\w)?>", FLAGS)
LINK = regex.compile(
    r"\[((?:\[[^\]]*\]|[^\[\]])*[^\[]*)\]\(\s*(<)?((?:\([^)]*\)|[^\s\\]|\\[^\n])*?)>?(?:\s+['\"](.*?)['\"])?\s*\)",
    FLAGS,
)
CODE_BLOCK = regex.compile(r"```(?:([a-zA-Z_\-+.0-9]*)\n)?(.*?[^\n].*?)```", FLAGS)
CODE_SPAN = regex.compile(r"(`+)(.+?)(?<!`)\1(?!`)", FLAGS)
BOLD = regex.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", FLAGS)
UNDERLINE = regex.compile(r"__((?:\\.|[^\\])+?)__(?!_)", FLAGS)
STAR = regex.compile(r"\*(?!\s)((?:\\.|\*\*|[^*\\])+?)(?<!\s) {0,2}\*(?!\*)", FLAGS)
LOWLINE = regex.compile(r"_((?:\\.|__|[^_\\])+?)_(?![a-zA-Z0-9_])", FLAGS)
STRUCK = regex.compile(r"~~(.+?)~~(?!_)", FLAGS)
SPOILER = regex.compile(r"\|\|(.+?)\|\|", FLAGS)
SMALL = regex.compile(r"-# +(?!-#)([^\n]+)\n?", FLAGS)
HEADING = regex.compile(r"#{1,3}\s+(?!#)([^\n]*)\n?", FLAGS)
QUOTE = regex.compile(r"(?: *> [^\n]*(?:\n|$))+", FLAGS)
LONG_QUOTE = regex.compile(r">>> (.*)", FLAGS)
ITEM = regex.compile(r" *(?:[*-]|\d+\.) +([^\n]*(?:\n {2}[^\n]*)*)\n?", FLAGS)
MOST_ITEMS = 11


@dataclass
class Read:
    """What a person sees: words and signs without spaces, and each piece of code byte for byte."""

    text: str = ""
    code: list[str] = field(default_factory=list)
    hidden: bool = False

    def add(self, other: Read) -> None:
        self.text += other.text
        self.code += other.code
        self.hidden = self.hidden or other.hidden


@dataclass(frozen=True)
class Place:
    """Where a text stands: at its line's beginning, in a quote, in how many items, in a link's words."""

    begins: bool = True
    in_quote: bool = False
    items: int = 0
    in_link: bool = False


def read(text: str, place: Place = Place()) -> Read:
    """Read a message, or a part of one."""
    seen = Read()
    at = begun = 0
    while at < len(text):
        if text[at] == "\\" and not place.in_link and at + 1 < len(text):
            at += 2
            continue
        found = _construct(text, at, place)
        if found is None:
            at += 1
            continue
        end, what = found
        seen.add(_plain(text[begun:at], place))
        seen.add(what)
        at = begun = end
    seen.add(_plain(text[begun:], place))
    return seen


def _plain(text: str, place: Place) -> Read:
    shown = text if place.in_link else regex.sub(r"\\([^A-Za-z0-9\s])", r"\1", text)
    return Read("".join(shown.split()))


def _construct(text: str, at: int, place: Place) -> tuple[int, Read] | None:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    starts_line = not line and (at > 0 or place.begins)
    if not place.in_link:
        if starts_line and (block := _block(text, at, place)):
            return block
        if found := CODE_BLOCK.match(text, at):
            return found.end(), Read(code=[found[2].strip("\n")])
    return _inline(text, at, place, starts_line=starts_line or not line.strip())


def _block(text: str, at: int, place: Place) -> tuple[int, Read] | None:
    if found := SMALL.match(text, at):
        return found.end(), read(found[1], Place(in_quote=place.in_quote, items=place.items))
    if not place.items and (found := HEADING.match(text, at)):
        return found.end(), read(found[1].rstrip().rstrip("#").rstrip(), Place(in_quote=place.in_quote))
    if not place.in_quote and (found := LONG_QUOTE.match(text, at)):
        return found.end(), read(found[1], Place(in_quote=True, items=place.items))
    if not place.in_quote and (found := QUOTE.match(text, at)):
        inner = "\n".join(regex.sub(r"^ *> ", "", line) for line in found[0].rstrip("\n").split("\n"))
        return found.end(), read(inner, Place(in_quote=True, items=place.items))
    if place.items < MOST_ITEMS and (found := ITEM.match(text, at)):
        mark = regex.match(r" *((?:[*-]|\d+\.)) +", found[0])
        assert mark
        body = regex.sub(rf"(?m)^ {{1,{len(mark[0])}}}", "", found[1])
        seen = Read(mark[1].strip("*-"))
        seen.add(read(body, Place(in_quote=place.in_quote, items=place.items + 1)))
        return found.end(), seen
    return None


def _inline(text: str, at: int, place: Place, *, starts_line: bool) -> tuple[int, Read] | None:
    inner = Place(starts_line, place.in_quote, place.items, place.in_link)
    if text[at] in "*_" and (found := _emphasis(text, at)):
        return found.end(), read(found[1], inner)
    if found := STRUCK.match(text, at):
        return found.end(), read(found[1], inner)
    if found := SPOILER.match(text, at):
        seen = read(found[1], inner)
        seen.hidden = True
        return found.end(), seen
    if text[at] == "`" and (found := CODE_SPAN.match(text, at)):
        return found.end(), Read(code=[_code(found[2])])
    if place.in_link:
        return None
    return _address(text, at)


def _emphasis(text: str, at: int) -> regex.Match[str] | None:
    """Italics, unless bold or underlined words begin there that are longer."""
    short = (STAR if text[at] == "*" else LOWLINE).match(text, at)
    long = (BOLD if text[at] == "*" else UNDERLINE).match(text, at)
    return long if long and (not short or long.end() > short.end()) else short


def _address(text: str, at: int) -> tuple[int, Read] | None:
    if found := ANGLED.match(text, at):
        return found.end(), Read(found[1])
    if found := URL.match(text, at):
        return found.end(), Read(found[0])
    if found := LINK.match(text, at):
        words, target = found[1], found[3]
        if target.startswith(("http://", "https://", "discord://")) and _is_fit(words):
            return found.end(), read(words, Place(in_link=True))
        return found.end(), Read("".join(found[0].split()))
    return None


def _is_fit(words: str) -> bool:
    return bool(words.strip()) and not any(kind.search(words) for kind in (EMOJI, URL, ANGLED, MENTION))


def _code(content: str) -> str:
    bare = content.strip(" ")
    content = content[1:] if bare.startswith("`") and content.startswith(" ") else content
    return content[:-1] if bare.endswith("`") and content.endswith(" ") else content


def small_lines(text: str) -> Iterator[str]:
    """Return the lines of a message that are small print."""
    return (found[1] for line in text.split("\n") if (found := SMALL.match(line)))
