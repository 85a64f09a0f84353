"""Cutting a run of Markdown text into pieces, without losing a character.

The inline parser keeps no positions, so the rules that find something note where. Knows nothing of platforms or blocks.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from adapters.rendering.delimiters import InlineState
from adapters.rendering.formulas import is_bracketed_formula, is_priced_formula
from adapters.rendering.found import FoundSpan, cut_at
from adapters.rendering.inline_parser import InlineParser, Rule
from adapters.rendering.noting import (
    NOTES,
    PUNCTUATION,
    FoundInText,
    autolink,
    entity,
    escape,
    found_one,
    note,
    noted,
    piped,
    plain_tag,
)  # fmt: skip
from adapters.rendering.operators import is_operator
from adapters.rendering.pieces import Kind, Piece, with_names
from adapters.rendering.remembered import remembered

_SPECIAL = re.compile(r"[\\`*_~!\[\]<>&$:]")
_STARS = re.compile(r"\*+")
_SCHEME = re.compile(r"https?$", re.IGNORECASE)
_ADDRESS = re.compile(r"://[^\s\x00-\x1f\x7f\[\]\\<>\"`|\u2066-\u2069\u200e\u200f\u061c]*")
# A word, or what is called by another call, and what it is called with.
_NAME_END, _CALLED = re.compile(r"[A-Za-z0-9_)\]]"), re.compile(r"\[(?!\^)[^\[\]\n]{0,60}\]\(\w{0,40}\)")
# What the parser would make the same of it.
_NORMAL = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:[/?#][A-Za-z0-9\-._~/?=&+,;:@!$*()#]*)?"
)
# A dollar that opens has no word before it and no space behind it; one that closes the other way round.
_DOLLARS = re.compile(r"\$(?![\s$])((?:[^$\\\n]|\\[^\n])+?)(?<!\s)\$(?![\w$])")
_DISPLAY = re.compile(r"\$\$((?:[^$\\]|\\.)+?)\$\$", re.DOTALL)
# Up to the next bracket with a backslash; no formula is longer than this many characters.
_BRACKETED = re.compile(r"\\([(\[])((?:[^\\]|\\[^()\[\]]){1,2000}?)\\([)\]])", re.DOTALL)


@remembered(1024)
def pieces(text: str) -> tuple[Piece, ...]:
    """Cut a text; joining the pieces' `raw` gives it back. Adjacent pieces are never both TEXT.

    Remembered, since an answer is rendered anew each time it has grown.
    """
    if not _SPECIAL.search(text):
        return (Piece(Kind.TEXT, text),) if text else ()
    notes = FoundInText(text.rfind("](") if ")" in text else -1)
    state = InlineState(text, _PARSER, {NOTES: notes}, [])
    _PARSER.inline.tokenize(state)
    if len(_STARS.findall(text)) == 1:  # it pairs with nothing
        notes.spans[:] = [span for span in notes.spans if span.kind is not Kind.SIGN]
    found = cut_at(text, sorted((*notes.spans, *state.marks()), key=_order))
    return tuple(with_names(found) if "__" in text else found)


def _order(span: FoundSpan) -> tuple[int, int]:
    return span.start, -span.end


# --- rules of the inline parser


def _noting(rule: Rule, kind: Kind) -> Rule:
    """Let a rule note what it finds."""

    def noting(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not rule(state, silent):
            return False
        if not silent and _is_one(kind, state.src[start : state.pos]):
            noted(state).spans.append(FoundSpan(kind, start, state.pos))
        return True

    return noting


def _is_one(kind: Kind, found: str) -> bool:
    """Whether a rule found what it is there for; it also takes, as text, backticks and backslashes that do nothing."""
    if kind is Kind.CODE:
        return bool(found.strip("`"))
    return kind is not Kind.ESCAPE or found[1:] in PUNCTUATION


def _noting_target(rule: Rule, kind: Kind) -> Rule:
    """Let the rule of links, or of images, note where they lead and where their text stands."""

    def noting(state: StateInline, silent: bool) -> bool:
        start, tokens = state.pos, len(state.tokens)
        notes = noted(state)
        if (start > notes.last_end and state.src[start] in "[!") or _is_call(state.src, start):
            return False
        if not rule(state, silent):
            return False
        if silent:
            return True
        name = "href" if kind is Kind.LINK else "src"
        target = next((str(token.attrs[name]) for token in state.tokens[tokens:] if name in token.attrs), "")
        label = start + (1 if kind is Kind.LINK else 2)
        label_end = state.md.helpers.parseLinkLabel(state, label - 1, kind is Kind.LINK)
        notes.spans.append(FoundSpan(kind, start, state.pos, (label, max(label, label_end)), target))
        return True

    return noting


def _is_call(source: str, at: int) -> bool:
    """Whether brackets are a program's: `handlers[0](event)` leads nowhere."""
    return at > 0 and _NAME_END.match(source[at - 1]) is not None and _CALLED.match(source, at) is not None


def _mark(state: StateInline, silent: bool) -> bool:
    """Find characters that may be marks, and pass by stars that are signs of a calculation, a path or a comment."""
    if silent:
        return False
    assert isinstance(state, InlineState)
    if state.src[state.pos] == "~" and not state.src.startswith("~~", state.pos):
        state.pos += 1
        return True
    stars = _STARS.match(state.src, state.pos, state.posMax)
    if stars is None or not is_operator(state.src, *stars.span()):
        return state.mark()
    noted(state).spans.extend(FoundSpan(Kind.SIGN, at, at + 1) for at in range(*stars.span()))
    state.pos = stars.end()
    return True


def _url(state: StateInline, silent: bool) -> bool:
    """Find an address in running text, at its colon; nothing in it is emphasis."""
    if state.linkLevel or state.src[state.pos] != ":":
        return False
    scheme = _SCHEME.search(state.src[max(state.pos - 5, 0) : state.pos])
    rest = _ADDRESS.match(state.src, state.pos, state.posMax) if scheme else None
    if scheme is None or rest is None:
        return False
    end = state.pos + len(_without_punctuation(rest[0]))
    if end <= state.pos + 3:
        return False
    if not silent:
        noted(state).spans.append(FoundSpan(Kind.URL, state.pos - len(scheme[0]), end))
    state.pos = end
    return True


def _without_punctuation(address: str) -> str:
    """Return an address without the sentence's punctuation and brackets behind it."""
    while address and (
        address[-1] in ".,:;!?'*_~]}" or (address[-1] == ")" and address.count(")") > address.count("("))
    ):
        address = address[:-1]
    return address


def _math(state: StateInline, silent: bool) -> bool:
    r"""Find `$…$`, `$$…$$`, `\(…\)` and `\[…\]`; `$5 and $6` are prices."""
    source, at = state.src, state.pos
    if source[at] == "$":
        return _dollars(state, silent)
    before = source[at - 1] if at else ""
    found = _BRACKETED.match(source, at, state.posMax) if before != "]" else None
    if found is None or found[1] + found[3] not in ("()", "[]"):
        return False
    is_one = is_bracketed_formula(
        found[2], is_square=found[1] == "[", before=before, behind=source[found.end() : found.end() + 1]
    )
    return is_one and found_one(state, silent, Kind.MATH, found.end(), found[2])


def _dollars(state: StateInline, silent: bool) -> bool:
    source, at = state.src, state.pos
    if at and (source[at - 1].isalnum() or source[at - 1] in "_$+/^)]}=&;@%"):
        return False
    found = _DISPLAY.match(source, at, state.posMax) or _DOLLARS.match(source, at, state.posMax)
    if found is None or not is_priced_formula(found[1], source[found.end() : found.end() + 1]):
        return False
    return found_one(state, silent, Kind.MATH, found.end(), found[1])


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the parser's own name
        """See `markdown_it.MarkdownIt.normalizeLink`; the common ones need no taking apart."""
        return url if _NORMAL.fullmatch(url) else super().normalizeLink(url)


def _make_parser() -> MarkdownIt:
    from markdown_it import rules_inline as known

    parser = _Parser("commonmark")
    parser.inline = inline = InlineParser()
    parser.configure("commonmark")
    rules = parser.inline.ruler
    for name, kind, rule in (
        ("backticks", Kind.CODE, known.backtick),
        ("html_inline", Kind.TAG, known.html_inline),
    ):
        rules.at(name, _noting(rule, kind))
    rules.at("link", _noting_target(known.link, Kind.LINK))
    rules.at("image", _noting_target(known.image, Kind.IMAGE))
    rules.at("escape", escape)
    rules.at("entity", entity)
    rules.at("autolink", autolink)
    rules.at("emphasis", _mark)
    rules.at("strikethrough", _mark)
    # The end of a line is text.
    rules.disable("newline")
    rules.before("escape", "math", _math)
    rules.before("link", "note", note)
    rules.before("autolink", "tag", plain_tag)
    rules.before("autolink", "url", _url)
    rules.before("autolink", "piped", piped)
    parser.enable("strikethrough")
    inline.settle()
    return parser


_PARSER = _make_parser()
