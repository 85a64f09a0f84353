"""Rules of the inline parser that find by one expression, and what all rules note in one text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it.common.entities import entities
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.autolink import AUTOLINK_RE, EMAIL_RE

from adapters.rendering.found import FoundSpan
from adapters.rendering.pieces import Kind

NOTES = "notes"
PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_PIPED = re.compile(r"<((?:https?://|mailto:)[^\s<>|]+)\|([^<>|\n\[\]]+)>")
_PLAIN_TAG = re.compile(
    r"</(?P<closes>[A-Za-z][A-Za-z0-9-]*) *>|<[A-Za-z][A-Za-z0-9-]*(?: +[A-Za-z_:][A-Za-z0-9:._-]*)* */?>"
)
_ANGLES = re.compile(r"<([^<>]*)>")
_ENTITY = re.compile(r"&(?:#(?:[xX][a-fA-F0-9]{1,6}|[0-9]{1,7})|([a-zA-Z][a-zA-Z0-9]{1,31}));")
_NOTE = re.compile(r"\[\^([^\[\]\s]{1,40})\](?!\\?\()")


@dataclass(slots=True)
class FoundInText:
    """What the rules found in one text, and where the last end of a link may stand."""

    last_end: int
    spans: list[FoundSpan] = field(default_factory=list)


def noted(state: StateInline) -> FoundInText:
    """Return what was found in the text so far."""
    found = state.env[NOTES]
    assert isinstance(found, FoundInText)
    return found


def escape(state: StateInline, silent: bool) -> bool:
    """Find a backslash and the character it makes plain; one before another character is text, and so is that."""
    at = state.pos
    following = state.src[at + 1 : min(at + 2, state.posMax)]
    if not following:
        return False
    if following in PUNCTUATION and not silent:
        noted(state).spans.append(FoundSpan(Kind.ESCAPE, at, at + 2))
    state.pos = at + 2
    return True


def entity(state: StateInline, silent: bool) -> bool:
    """Find a character by name or number. See `markdown_it.rules_inline.entity`."""
    found = _ENTITY.match(state.src, state.pos)
    if found is None or (found[1] and found[1] not in entities):
        return False
    if not silent:
        noted(state).spans.append(FoundSpan(Kind.ENTITY, state.pos, found.end()))
    state.pos = found.end()
    return True


def piped(state: StateInline, silent: bool) -> bool:
    """Find a link as Slack writes it, `<address|words>`: models have read many."""
    found = _PIPED.match(state.src, state.pos, state.posMax)
    if found is None or state.linkLevel:
        return False
    if not silent:
        noted(state).spans.append(FoundSpan(Kind.LINK, state.pos, found.end(), found.span(2), found[1]))
    state.pos = found.end()
    return True


def autolink(state: StateInline, silent: bool) -> bool:
    """Find an address between angles. See `markdown_it.rules_inline.autolink`; nobody asks how it would be shown."""
    found = _ANGLES.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    is_address = AUTOLINK_RE.search(found[1]) is not None and state.md.validateLink(found[1])
    if not is_address and EMAIL_RE.search(found[1]) is None:
        return False
    if not silent:
        noted(state).spans.append(FoundSpan(Kind.URL, state.pos, found.end()))
    state.pos = found.end()
    return True


def plain_tag(state: StateInline, silent: bool) -> bool:
    """Find a tag whose attributes have no values, as the parser's own rule does, and most are."""
    found = _PLAIN_TAG.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        if found[0][:3].lower() in ("<a>", "<a "):
            state.linkLevel += 1
        elif (found["closes"] or "").lower() == "a":
            state.linkLevel -= 1
        noted(state).spans.append(FoundSpan(Kind.TAG, state.pos, found.end()))
    state.pos = found.end()
    return True


def note(state: StateInline, silent: bool) -> bool:
    """Find a reference to a footnote."""
    found = _NOTE.match(state.src, state.pos, state.posMax)
    return found is not None and found_one(state, silent, Kind.NOTE, found.end(), found[1])


def found_one(state: StateInline, silent: bool, kind: Kind, end: int, target: str) -> bool:
    """Note what ends at a place, and go on behind it."""
    if not silent:
        noted(state).spans.append(FoundSpan(kind, state.pos, end, target=target))
    state.pos = end
    return True
