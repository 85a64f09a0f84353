"""Files that a lesson includes, put where it names them: mdBook's, MyST's, Quarto's and MkDocs' ways to do so.

Only files of the course are followed. One that is not there leaves nothing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

# Returns the text of a file of the course by its place, None where there is none.
Fetch = Callable[[str], str | None]
MDBOOK = (
    r"(?<!\\)\{\{#(?:include|rustdoc_include|playground|playpen)[ ]+"
    r"(?P<book>[^\s{}:]+)(?::(?P<part>[^\s{}]*))?[^{}]*\}\}"
)
QUARTO = r"(?<!\{)\{\{<[ ]*include[ ]+(?P<quarto>\S+)[ ]*>\}\}"
SNIPPET = r"^[ \t]*-{1,}8<-{1,}[ ]+[\"'](?P<snippet>[^\"'\n:]+)[^\"'\n]*[\"'][ \t]*$"
MYST = (
    r"^(?P<fence>`{3,}|:{3,})\{(?P<kind>include|literalinclude)\}[ ]*(?P<myst>\S+)[ \t]*\n(?:.*\n)*?(?P=fence)[ \t]*$"
)
RST = (
    r"^(?P<indent>[ \t]*)\.\. (?P<directive>include|literalinclude)::[ \t]+(?P<rst>\S+)[ \t]*"
    r"(?P<options>(?:\n(?P=indent)[ \t]+:[\w-]+:[^\n]*)*)"
)
INCLUDE = re.compile(f"{MDBOOK}|{QUARTO}|{SNIPPET}|{MYST}|{RST}", re.MULTILINE)
OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")
ANCHOR = re.compile(r"^.*\bANCHOR(?:_END)?:.*\n?", re.MULTILINE)
SIGNS = ("{{", "include}", "8<-", "include::")
DEPTH = 3
MOST_CHARS = 1_000_000


def with_includes(text: str, place: str, fetch: Fetch, *, depth: int = DEPTH) -> str:
    """Return a lesson's text with what it includes; `place` is its own."""
    if not depth or not any(sign in text for sign in SIGNS):
        return text
    folder = posixpath.dirname(place)
    written, at, room = [], 0, MOST_CHARS
    for found in INCLUDE.finditer(text):
        included = _included(found, folder, fetch, depth - 1) if room > 0 else ""
        room -= len(included)
        written += [text[at : found.start()], included]
        at = found.end()
    return "".join([*written, text[at:]])


def _included(found: re.Match[str], folder: str, fetch: Fetch, depth: int) -> str:
    name = found["book"] or found["quarto"] or found["snippet"] or found["myst"] or found["rst"]
    place = posixpath.normpath(posixpath.join(folder, name.lstrip("/"))) if "://" not in name else ""
    text = fetch(place) if place else None
    if text is None and found["snippet"]:
        text = fetch(posixpath.normpath(name))
    if text is None:
        return ""
    if found["rst"]:
        return _in_rst(found, with_includes(_told_part(text, found["options"]), place, fetch, depth=depth))
    text = _part(text, found["part"] or "").strip("\n")
    if found["kind"] == "literalinclude":
        return f"```{posixpath.splitext(place)[1][1:]}\n{text}\n```"
    return with_includes(text, place, fetch, depth=depth)


def _in_rst(found: re.Match[str], text: str) -> str:
    """Return what a page of reStructuredText includes, as deep as it stands: code as code, words as words."""
    is_code = found["directive"] == "literalinclude" or re.search(r":(?:literal|code):", found["options"])
    lines = text.strip("\n").split("\n")
    if is_code:
        told = dict(OPTION.findall(found["options"]))
        language = told.get("language") or told.get("code") or posixpath.splitext(found["rst"])[1][1:]
        lines = [f".. code-block:: {language}", "", *(f"   {line}" for line in lines)]
    return "\n".join(["", *(f"{found['indent']}{line}".rstrip() for line in lines), ""])


def _told_part(text: str, options: str) -> str:
    """Return the part of a file that the options tell: between marks, or lines by their numbers."""
    told = {name: value.strip() for name, value in OPTION.findall(options)}
    if told.get("start-after"):
        text = text.partition(told["start-after"])[2]
    if told.get("end-before"):
        text = text.partition(told["end-before"])[0]
    if first := told.get("start-line", ""):
        text = "\n".join(text.split("\n")[int(first) :]) if first.isdecimal() else text
    if numbers := told.get("lines", ""):
        lines = text.split("\n")
        ranges = [re.fullmatch(r"\s*(\d*)\s*(-?)\s*(\d*)\s*", each) for each in numbers.split(",")]
        text = "\n".join(
            line
            for each in filter(None, ranges)
            for line in lines[int(each[1] or 1) - 1 : int(each[3] or len(lines)) if each[2] else int(each[1] or 1)]
        )
    return text


def _part(text: str, part: str) -> str:
    """Return the named or numbered part of a file: `anchor`, `3`, `3:7`, `:7`; all of it without the anchors' lines."""
    start, colon, end = part.partition(":")
    if part and not start.isdecimal() and not colon:
        mark = re.escape(start)
        begin = re.search(rf"^.*\bANCHOR:[ ]*{mark}\b.*\n", text, re.MULTILINE)
        # One without an end goes on to the end of the file, as at mdBook.
        rest = text[begin.end() :] if begin else ""
        over = re.search(rf"^.*\bANCHOR_END:[ ]*{mark}\b", rest, re.MULTILINE)
        text = rest[: over.start()] if over else rest
    elif part:
        lines = text.split("\n")
        first = int(start) - 1 if start.isdecimal() else 0
        text = "\n".join(lines[max(first, 0) : (int(end) if end.isdecimal() else len(lines) if colon else first + 1)])
    return ANCHOR.sub("", text)
