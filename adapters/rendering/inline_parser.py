"""The parser of what is in a line, which tries of all rules those alone that begin with the character in turn. Pure.

A text of many signs is read in half the time so; what is found is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

Rule = Callable[[StateInline, bool], bool]
# By rule, what it may begin with. That of text is none of them: what no other begins with is text.
BEGINNINGS: Mapping[str, str] = {
    "math": "$\\", "escape": "\\", "backticks": "`", "strikethrough": "~", "emphasis": "*_",
    "note": "[", "link": "[", "image": "!", "url": ":", "tag": "<", "piped": "<", "autolink": "<", "html_inline": "<",
    "entity": "&",
}  # fmt: skip
_SIGN = re.compile(f"[{re.escape(''.join(BEGINNINGS.values()))}]")
# A link's words end there: whoever looks for their end skips no more.
_SIGN_OR_END = re.compile(f"{_SIGN.pattern[:-1]}\\]]")
_MOST_NESTING = 20


class InlineParser(ParserInline):
    """Reads as `markdown_it.parser_inline.ParserInline` does."""

    def settle(self) -> None:
        """Take the rules as they are now."""
        named = dict(zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True))
        self._rules: dict[str, Sequence[Rule]] = {
            sign: [rule for name, rule in named.items() if sign in BEGINNINGS.get(name, "")]
            for sign in "".join(BEGINNINGS.values())
        }

    def tokenize(self, state: StateInline) -> None:
        """See `markdown_it.parser_inline.ParserInline.tokenize`."""
        source, end, rules = state.src, state.posMax, self._rules
        while state.pos < end:
            at = state.pos
            known = rules.get(source[at], ()) if state.level < _MOST_NESTING else ()
            if any(rule(state, False) for rule in known):
                continue
            found = _SIGN.search(source, at + 1, end)
            state.pos = found.start() if found else end

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:  # noqa: ARG002
        """Read nothing: the rule of images asks for their words' tokens, and nobody else does."""
        return tokens

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - the parser's own name
        """See `markdown_it.parser_inline.ParserInline.skipToken`."""
        at, cache = state.pos, state.cache
        if at in cache:
            state.pos = cache[at]
            return
        if state.level >= _MOST_NESTING:
            state.pos = state.posMax
            cache[at] = state.pos = state.pos + 1
            return
        known = self._rules.get(state.src[at], ())
        state.level += 1
        is_found = any(rule(state, True) for rule in known)
        state.level -= 1
        if not is_found:
            found = None if known else _SIGN_OR_END.search(state.src, at + 1, state.posMax)
            state.pos = at + 1 if known else (found.start() if found else state.posMax)
        cache[at] = state.pos
