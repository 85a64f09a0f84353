"""Slack's text conventions, both ways: what people typed becomes plain words, and no word of a model becomes a ping.

Slack reads control sequences (`<!channel>`, `<@U…>`, `<https://…|label>`) in Markdown too (`markdown_text` and markdown
blocks), and shows `&lt;` as `<` without reading the result again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from adapters.hearing import said_to
from adapters.rendering.code_writing import WORD_JOINER, with_fences_of_backticks
from adapters.rendering.dialect import Dialect
from adapters.rendering.text import render

FALLBACK_CHARS = 200
TOKEN = re.compile(r"<([^<>\n]+)>")
FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}(?=[^`]*$)|~{3,})")
TICKS = re.compile(r"\\?`+|[^`\\]+|\\")
# Each ends one character before the sequence is complete, so that text which is still growing never changes its past.
LIVE = re.compile(
    r"(?i:<!channe(?=l)|<!her(?=e)|<!everyon(?=e)|<!subtea(?=m)|<!dat(?=e\^))|<@[UWB](?=[A-Z0-9])|<#[CDG](?=[A-Z0-9])"
    # A link that shows something else is known by its bar alone.
    r"|(?i:<htt(?=ps?://[^\s<>|]*\|)|<mailt(?=o:[^\s<>|]*\|))"
)
# What could be emphasis in an address that is shown: stars, and low lines that do not stand in a word.
_MARKS = re.compile(r"\*|~~|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def plain_words(text: str, *, bot_user: str, names: Mapping[str, str]) -> str:
    """Return what a person typed to the bot: its mention left out at the ends, the rest as `as_read` does."""
    return as_read(said_to(text, re.compile(rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>")), names=names)


def as_read(text: str, *, names: Mapping[str, str]) -> str:
    """Return what a person typed as people read it: sequences become names, addresses and words.

    `names` gives display names by user id; who is not in it stays "@U…".
    """
    read = TOKEN.sub(lambda found: _read_token(found[1], names), text)
    for entity, character in ENTITIES:
        read = read.replace(entity, character)
    return read.strip()


def _read_token(token: str, names: Mapping[str, str]) -> str:
    target, _, label = token.partition("|")
    match target[:1]:
        case "@":
            return f"@{label or names.get(target[1:], target[1:])}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return label or f"@{target[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:")
    if not address:
        return label
    if not label or label in (address, re.sub(r"^https?://", "", address).rstrip("/")):
        return address
    return f"{label} ({address})"


def inert(text: str) -> str:
    """Return Markdown that Slack shows as it stands: no control sequence in it is live, code stays readable.

    Outside code every `<` becomes `&lt;`; inside, where entities may show, a live sequence is broken by an invisible
    word joiner and all else is untouched. The result of a beginning is a beginning of the result.
    """
    return "".join(_broken(piece) if is_code else piece.replace("<", "&lt;") for is_code, piece in pieces(text))


def to_slack(markdown: str) -> str:
    """Return the text as Slack's Markdown reads it, inert, however long it is; code stays as it is but for pings."""
    return render(markdown, _SLACK)


def _inert(text: str) -> str:
    if "<" not in text:
        return text
    runs = (
        ("".join(piece for _, piece in run), is_code) for is_code, run in groupby(pieces(text), lambda pair: pair[0])
    )
    return "".join(_broken(run) if is_code else run.replace("<", "&lt;") for run, is_code in runs)


def _linked(address: str) -> str:
    address = address.replace("$", "%24")
    target = address.replace("(", "%28").replace(")", "%29")
    shown = _MARKS.sub(r"\\\g<0>", address)
    return f"[{shown}]({target})"


# Slack shows a character reference as its character, and `<` is never its own here.
_SLACK = Dialect(
    address=_linked, decodes=False, has_angle_addresses=False, code=with_fences_of_backticks, finish=_inert
)


def fallback(text: str) -> str:
    """Return the beginning of a text for notifications, as inert mrkdwn."""
    return text[:FALLBACK_CHARS].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _broken(code: str) -> str:
    return LIVE.sub(rf"\g<0>{WORD_JOINER}", code)


def pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Cut Markdown into code and all else; code spans end with their paragraph at the latest."""
    fence = ticks = ""
    for line in re.split(r"(?<=\n)", text):
        opening = FENCE.match(line)
        if fence:
            yield True, line
            fence = "" if _closes(line, fence) else fence
        elif opening:
            yield True, line
            fence, ticks = opening[1], ""
        else:
            ticks = ticks if line.strip() else ""
            for piece in TICKS.findall(line):
                yield bool(ticks), piece
                ticks = _ticks_after(ticks, piece)


def _closes(line: str, fence: str) -> bool:
    marks = line.strip(" \t>\n")
    return len(marks) >= len(fence) and set(marks) == {fence[0]}


def _ticks_after(ticks: str, piece: str) -> str:
    """Return the run of backticks a code span is waiting for after this piece, "" outside code."""
    if not piece.endswith("`"):
        return ticks
    if ticks:
        return "" if piece.lstrip("\\") == ticks else ticks
    # Outside code a backslash takes the meaning from the first backtick.
    return piece[2:] if piece.startswith("\\") else piece
