"""How the standard reads a Markdown text: the words and signs of it, without spaces, and each piece of its code.

As chat has it, indenting makes no code, `>>> ` at a line's beginning is a program's prompt, and a drawn line is seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.rendering.tags import RULE

_PARSER = MarkdownIt("commonmark").enable("strikethrough").disable(["code", "reference", "html_block", "html_inline"])
_PROMPT = re.compile(r"^( {0,3})>>>(?= )", re.MULTILINE)


def read(markdown: str) -> tuple[str, list[str]]:
    """Return what people see of a text, and the code in it."""
    seen: list[str] = []
    code: list[str] = []
    for token in _PARSER.parse(_PROMPT.sub(r"\1\\>>>", markdown)):
        if token.type == "inline":
            _inline(token.children or [], seen, code)
        elif token.type == "fence":
            code.append(token.content.removesuffix("\n"))
        elif token.type == "hr":
            seen.append(RULE)
        elif token.type == "list_item_open" and token.info:
            seen.append(f"{token.info}.")
    return "".join("".join(seen).split()), code


def _inline(tokens: Sequence[Token], seen: list[str], code: list[str]) -> None:
    for index, token in enumerate(tokens):
        if token.markup == "__" and _is_name(tokens, index):
            seen.append("__")
        if token.type == "code_inline":
            code.append(token.content)
        elif token.type == "text":
            seen.append(token.content)


def _is_name(tokens: Sequence[Token], index: int) -> bool:
    """Whether a mark stands beside one word in marks: `__init__` is a name here."""
    start = index if tokens[index].nesting > 0 else index - 2
    whole = [token for token in tokens[max(start, 0) : start + 5] if token.type != "text" or token.content]
    return len(whole) > 2 and whole[2].type == "strong_close" and bool(re.fullmatch("[A-Za-z0-9_]+", whole[1].content))
