"""How a person reads rows of a terminal: the words and signs without what is drawn around them, and the code."""

from __future__ import annotations

from itertools import groupby

from rich.style import Style
from rich.text import Text

from adapters.console.blocks import Blocks
from adapters.console.growth import Growth
from adapters.console.paper import UNICODE, Paper
from adapters.console.words import CODE
from adapters.rendering.tags import RULE

PAPER = Paper(10_000, is_unicode=True)
EDGE = UNICODE.rule * 3
DRAWN = str.maketrans("", "", f"{UNICODE.bar}{UNICODE.item}")


def read(markdown: str) -> tuple[str, list[str]]:
    """Read the rows of a text: what is drawn around words is none of them, nor is an address behind a link's."""
    text, code = "", list[str]()
    block: list[str] | None = None
    finished, growing = Growth().take(markdown)
    for row in Blocks().rows([*finished, *growing], PAPER, may_be_broken=True):
        bare_row = row.plain.lstrip(f" {UNICODE.bar}{UNICODE.item}")
        if bare_row == RULE:
            text += RULE
        elif bare_row.startswith(EDGE):
            code += ["\n".join(block)] if block is not None else []
            block = [] if block is None else None
        elif block is not None:
            block.append(row.plain)
        else:
            words, spans = _of_row(row)
            text, code = text + words, code + spans
    code += ["\n".join(block)] if block is not None else []
    return "".join(text.split()), code


def _of_row(row: Text) -> tuple[str, list[str]]:
    styles = [[span.style for span in row.spans if span.start <= at < span.end] for at in range(len(row.plain))]
    words, code = "", list[str]()
    for is_code, run in groupby(
        zip(row.plain, styles, strict=True), lambda pair: any(_is_code(each) for each in pair[1])
    ):
        signs = [(sign, found) for sign, found in run]
        if is_code:
            code.append("".join(sign for sign, _ in signs))
        else:
            words += "".join(
                sign for sign, found in signs if sign in RULE or not any("dim" in str(each) for each in found)
            )
    return words.translate(DRAWN), code


def _is_code(style: object) -> bool:
    return isinstance(style, Style) and style.color == CODE.color
