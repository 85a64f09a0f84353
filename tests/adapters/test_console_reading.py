"""What people read in a terminal is what the model meant: the words and signs of the text, and its code."""

from __future__ import annotations

from itertools import groupby
from random import Random

import pytest
from rich.style import Style
from rich.text import Text

from adapters.console.blocks import Blocks
from adapters.console.growth import Growth
from adapters.console.paper import UNICODE, Paper
from adapters.console.words import CODE
from adapters.rendering.tags import RULE
from tests.adapters.inline_forms import FORMS, WORDS, filled, text_of
from tests.adapters.test_rendering_reading import bare, meant

TEXTS = 900
LANGUAGES = tuple(WORDS)
PAPER = Paper(10_000, is_unicode=True)
EDGE = UNICODE.rule * 3
DRAWN = str.maketrans("", "", f"{UNICODE.bar}{UNICODE.item}")


def in_a_terminal(markdown: str) -> tuple[str, list[str]]:
    """Read the rows of a text: what is drawn around words is none of them, nor is an address behind a link's."""
    text, code, block = "", [], None
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
    return "".join(text.split()), list(map(bare, code))


def _of_row(row: Text) -> tuple[str, list[str]]:
    styles = [[span.style for span in row.spans if span.start <= at < span.end] for at in range(len(row.plain))]
    words, code = "", []
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_every_inline_form_reads_as_it_is_meant(form: str, language: str) -> None:
    text = filled(form, WORDS[language], Random(1))

    assert in_a_terminal(text) == meant(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_of_many_blocks_read_as_they_are_meant(language: str) -> None:
    texts = [text_of(seed, language) for seed in range(LANGUAGES.index(language), TEXTS, len(LANGUAGES))]

    assert [text for text in texts if in_a_terminal(text) != meant(text)] == []
