"""Lines of a lesson without what only a browser needs: comments, layout tags, trackers, dead addresses.

Words, emphasis, code and working links stay as they are written. Knows nothing of headings, blocks and files.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkDestination, parseLinkTitle

# Zero-width space, word joiner, byte order mark, soft hyphen. Joiners and direction marks mean something in Hindi,
# Persian, Hebrew and emoji, so they stay.
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
# Spaces that do not break or are of another width: a phrase typed with plain spaces must be found.
SPACES = re.compile("[\u00a0\u202f\u2000-\u200a\u3000]")
MARKS = frozenset("\\`*_[]|")
TRACKERS = re.compile(r"wt\.mc_id|utm_\w+|gclid|fbclid|mc_[ce]id", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>\"'`\])|]*[^\s<>\"'`\])|.,;:!?]")
# What is longer holds a program or its state, and nobody reads it.
MOST_ADDRESS = 400
# Pictures of a repository's state, which say nothing of what it teaches.
BADGE = re.compile(r"badge|shields\.io|/workflows/|codecov|star-history", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
ABSOLUTE = re.compile(r"(?:https?://[^/]|mailto:[^@]+@)", re.IGNORECASE)
TOKEN = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<comment><!--.*?(?:-->|\Z))"
    r"|(?P<tag></?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>)"
    r"|(?P<open>!?\[)|(?P<close>\])",
    re.DOTALL,
)
# Tags that say how a page looks. Whatever else stands between < and > is a placeholder the lesson explains.
MATHS = {
    "annotation", "maction", "math", "menclose", "merror", "mfenced", "mfrac", "mi", "mn", "mo", "mover", "mpadded",
    "mphantom", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext",
    "mtr", "munder", "munderover", "semantics",
}  # fmt: skip
LAYOUT = MATHS | {
    "a", "abbr", "article", "aside", "audio", "b", "big", "blockquote", "body", "button", "caption", "center",
    "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "fieldset",
    "figcaption", "figure", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "i", "iframe", "img", "input", "ins", "kbd", "label", "li", "link", "main", "mark", "meta", "nav",
    "ol", "p", "picture", "pre", "q", "s", "samp", "section", "small", "source", "span", "strong", "strike",
    "sub", "summary", "sup", "svg", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
    "var", "video",
}  # fmt: skip


def plain(text: str, references: Mapping[str, str] | None = None) -> str:
    """Return a block of Markdown as a reader takes it in; `references` are the addresses of `[text][name]`."""
    return _Rewriter(without_invisible(text), references or {}).result()


def without_invisible(text: str) -> str:
    """Return text without what nobody sees, every kind of space a plain one."""
    return SPACES.sub(" ", INVISIBLE.sub("", text))


def untracked(address: str) -> str:
    """Return an address without the parameters that say where a click came from, wherever they were glued on."""
    if not TRACKERS.search(address):
        return address
    before, mark, fragment = address.partition("#")
    base, glue, query = before.partition("?")
    if "&" in base:
        base, glue, glued = base.partition("&")
        query = f"{glued}&{query}"
    kept = _untracked(query)
    anchor, *more = _untracked(fragment) or [""]
    end = f"{mark}{anchor}" + "".join(f"?{each}" for each in more) if anchor else ""
    return base + ("?" + "&".join(kept) if kept and glue else "") + end


def _untracked(query: str) -> list[str]:
    return [each for each in re.split(r"[?&]+(?:amp;)?", query) if each and not TRACKERS.match(each)]


def is_absolute(address: str) -> bool:
    """Whether an address leads somewhere from a chat as well."""
    return ABSOLUTE.match(address) is not None


class Tag(HTMLParser):
    """One HTML tag: its name and attributes, "" for one without a value."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.name = ""
        self.attributes: dict[str, str] = {}
        self.is_end = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what was read."""
        self.name, self.attributes = tag, {name: value or "" for name, value in attrs}

    def handle_endtag(self, tag: str) -> None:
        """Keep what was read; a tag that closes itself began as well."""
        self.is_end = not self.name
        self.name = self.name or tag


class _Rewriter:
    """Reads a text once from left to right; `_open` holds where brackets began in what is written."""

    def __init__(self, text: str, references: Mapping[str, str]) -> None:
        self._text = text
        self._references = references
        self._written: list[str] = []
        self._open: list[int] = []
        self._targets: list[str] = []

    def result(self) -> str:
        at = 0
        while found := TOKEN.search(self._text, at):
            self._words(self._text[at : found.start()])
            at = self._token(found)
        self._words(self._text[at:])
        return "".join(self._written)

    def _words(self, words: str) -> None:
        said = ADDRESS.sub(lambda found: untracked(found[0]) if len(found[0]) <= MOST_ADDRESS else "", words)
        self._written.append(ENTITY.sub(_character, said))

    def _token(self, found: re.Match[str]) -> int:
        match found.lastgroup:
            case "comment":
                pass
            case "tag":
                self._tag(found[0])
            case "open":
                self._open.append(len(self._written))
                self._written.append(found[0])
            case "close":
                return self._close(found.end())
            case _:
                self._written.append(found[0])
        return found.end()

    def _tag(self, source: str) -> None:
        tag = Tag(source)
        if tag.name not in LAYOUT:
            self._written.append(source)
        elif tag.name == "img":
            self._written.append(tag.attributes.get("alt", ""))
        elif tag.name == "a" and tag.is_end:
            self._end_link()
        elif tag.name == "a":
            target = untracked(tag.attributes.get("href", ""))
            self._targets.append(target if is_absolute(target) else "")
            self._written.append("[" if self._targets[-1] else "")
        elif tag.name == "li" and not tag.is_end:
            self._written.append("- ")

    def _end_link(self) -> None:
        target = self._targets.pop() if self._targets else ""
        self._written.append(f"]({target})" if target else "")

    def _close(self, at: int) -> int:
        """Finish what a bracket began; return where to read on."""
        if not self._open:
            self._written.append("]")
            return at
        start = self._open.pop()
        target, end = self._target(at, "".join(self._written[start + 1 :]))
        if target is None:
            self._written.append("]")
        elif self._written[start] == "![" and BADGE.search(target):
            del self._written[start:]
        elif self._written[start] == "![" or not is_absolute(target):
            self._written[start] = ""
        elif not "".join(self._written[start + 1 :]).strip():
            del self._written[start:]
        else:
            self._written[start] = "["
            self._written.append(f"]({target})")
        return end

    def _target(self, at: int, label: str) -> tuple[str | None, int]:
        """Return the address after a closing bracket and where it ends; None where there is none."""
        if self._text.startswith("(", at):
            inside = _destination(self._text, at + 1)
            return (untracked(inside[0]), inside[1]) if inside else (None, at)
        name = re.compile(r"\[([^\[\]]*)\]").match(self._text, at)
        known = self._references.get(normalizeReference((name and name[1]) or label))
        return (None, at) if known is None else (untracked(known), name.end() if name else at)


def _character(found: re.Match[str]) -> str:
    """Return the character that is meant, so that Markdown takes it for no mark."""
    said = html.unescape(found[0])
    is_mark = said in MARKS or (said == "<" and re.match(r"[A-Za-z/!]", found.string[found.end() :]))
    return f"\\{said}" if is_mark else SPACES.sub(" ", INVISIBLE.sub("", said))


def _destination(text: str, at: int) -> tuple[str, int] | None:
    """Return the address within the round brackets of a link, and the place behind them."""
    at = _over_space(text, at)
    if text.startswith(")", at):
        return "", at + 1
    read = parseLinkDestination(text, at, len(text))
    if not read.ok:
        return None
    address, end = read.str, _over_space(text, read.pos)
    title = parseLinkTitle(text, end, len(text))
    if title.ok:
        end = _over_space(text, title.pos)
    return (address, end + 1) if text.startswith(")", end) else None


def _over_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n":
        at += 1
    return at
