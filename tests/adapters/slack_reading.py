"""How Slack's client reads a message: the words and signs a person sees, the code, where links lead, who is rung.

Written from Slack's pages, not from the renderer that is tested with it. Text objects of the type mrkdwn are read by
rules of their own (docs.slack.dev/messaging/formatting-message-text): `*bold*`, `_italic_`, `~struck~`, code, quotes,
`<address|words>` and other sequences in angles; `&amp;`, `&lt;` and `&gt;` are the only escapes, and no backslash is.
Markdown blocks and `markdown_text` are standard Markdown (docs.slack.dev/reference/block-kit/blocks/markdown-block):
emphasis, links, lists, headings, quotes, code between backticks, and a backslash before the signs that page lists.
Sequences in angles are read there as well; in code people have seen both, so here they count there, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SEQUENCE = re.compile(r"<([@#!]?)([^<>\n|]+)(?:\|([^<>\n]*))?>")
_LEADS = ("http://", "https://", "mailto:")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_CODE_BLOCK = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE_SPAN = re.compile(r"(?<![`\w])`([^`\n]+)`(?![`\w])")
_QUOTE = re.compile(r"^(?:&gt;|>) ?", re.MULTILINE)
# A mark opens behind no word and before no blank, and closes the other way round, in the same line.
_MARKS = tuple(
    re.compile(rf"(?<![\w{mark}]){mark}(?![\s{mark}])([^\n{mark}]*[^\s{mark}]){mark}(?![\w{mark}])")
    for mark in (r"\*", "_", "~")
)
# Fences of tildes, references and code by indenting are not on the page; it calls rules and tables not supported.
_PARSER = (
    MarkdownIt("commonmark").enable("strikethrough").disable(["code", "reference", "html_block", "html_inline", "hr"])
)


@dataclass
class Read:
    """What a person sees, without spaces; each piece of code; links as their words and address; whom it rings."""

    text: str = ""
    code: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    rings: list[str] = field(default_factory=list)


def read_mrkdwn(text: str) -> Read:
    """Read a text object of the type mrkdwn."""
    seen = Read()
    rest = 0
    for found in _CODE_BLOCK.finditer(text):
        _mrkdwn_lines(text[rest : found.start()], seen)
        seen.code.append(_code(found[1], seen))
        rest = found.end()
    _mrkdwn_lines(text[rest:], seen)
    seen.text = "".join(seen.text.split())
    return seen


def _mrkdwn_lines(text: str, seen: Read) -> None:
    rest = 0
    for found in _CODE_SPAN.finditer(text := _QUOTE.sub("", text)):
        seen.text += _mrkdwn(text[rest : found.start()], seen)
        seen.code.append(_code(found[1], seen))
        rest = found.end()
    seen.text += _mrkdwn(text[rest:], seen)


def _mrkdwn(text: str, seen: Read) -> str:
    """Return what is seen of words: marks gone, sequences as their words, entities as their characters."""
    text = _SEQUENCE.sub(lambda found: _sequence(found, seen), text)
    for mark in _MARKS:
        while (shown := mark.sub(r"\1", text)) != text:
            text = shown
    return _unescaped(text)


def _code(content: str, seen: Read) -> str:
    """Return code: only entities and sequences are read in it."""
    return _unescaped(_SEQUENCE.sub(lambda found: _sequence(found, seen), content))


def _sequence(found: re.Match[str], seen: Read) -> str:
    kind, target, words = found.groups()
    if kind:
        seen.rings.append(f"{kind}{target}")
        return words or f"{kind}{target}"
    if not target.startswith(_LEADS):
        return found[0]
    seen.links.append((words or target, _unescaped(target)))
    return words or target


def _unescaped(text: str) -> str:
    for entity, character in _ESCAPES:
        text = text.replace(entity, character)
    return text


def read_markdown(text: str) -> Read:
    """Read a markdown block, or a `markdown_text`."""
    # An entity is a character, and begins no sequence.
    seen = Read(rings=[found[0] for found in _SEQUENCE.finditer(text) if found[1] or found[3] is not None])
    for token in _PARSER.parse(text):
        if token.type == "inline":
            _inline(token.children or [], seen)
        elif token.type == "fence":
            seen.code.append(token.content.removesuffix("\n"))
        elif token.type == "list_item_open" and token.info:
            seen.text += f"{token.info}."
    seen.text = "".join(seen.text.split())
    return seen


def _inline(tokens: Sequence[Token], seen: Read) -> None:
    opened: list[tuple[int, str]] = []
    for token in tokens:
        if token.type == "code_inline":
            seen.code.append(token.content)
        elif token.type == "text":
            seen.text += token.content
        elif token.type == "link_open":
            opened.append((len(seen.text), str(token.attrs["href"])))
        elif token.type == "link_close":
            start, address = opened.pop()
            seen.links.append((seen.text[start:], address))
        elif token.type == "image":
            seen.links.append((token.content, str(token.attrs["src"])))
            seen.text += token.content
