"""Marks of dialects of Markdown that stand within a line, or alone on one: each for what it says, most for nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A sign that stands in every such mark, the mark, and what is read in its place.
Mark = tuple[str, re.Pattern[str], str]


def _mark(sign: str, pattern: str, words: str = "") -> Mark:
    return sign, re.compile(pattern, re.MULTILINE), words


INLINE: tuple[Mark, ...] = (
    # Critic Markup: what was taken out, put in, or noted in the margin.
    _mark("{-", r"\{--.{0,500}?--\}"),
    _mark("{>", r"\{>>.{0,500}?<<\}"),
    _mark("{~", r"\{~~[^{}]{0,300}?~>([^{}]{0,300}?)~~\}", r"\1"),
    _mark("{", r"\{(?:\+\+|==)([^{}]{0,300}?)(?:\+\+|==)\}", r"\1"),
    # Keys and icons of MkDocs.
    _mark("++", r"(?<![\w+])\+\+([a-z0-9-]+(?:\+[a-z0-9-]+)*)\+\+(?![\w+])", r"\1"),
    _mark(":", r":(?:material|fontawesome|octicons|simple)-[\w-]+:(?:\{[^{}\n]*\})?"),
    # Notes where they are meant, what is new, below or above the line (Pandoc).
    _mark("^[", r"\^\[([^\[\]\n]+)\](?![(^])", r" (\1)"),
    _mark("==", r"(?<![\w=+])==(?![\s=+])([^=+\n]{0,300}[^\s=+])==(?![\w=+])", r"\1"),
    _mark("++", r"(?<![\w=+])\+\+(?![\s=+])([^=+\n]{0,300}[^\s=+])\+\+(?![\w=+])", r"\1"),
    _mark("~", r"(?<=\w)~(\d{1,3}|[a-z+-])~(?!~)", r"\1"),
    _mark("^", r"(?<=\w)\^(\d{1,3}|[a-z+-]|st|nd|rd|th|\[\d+\])\^", r"\1"),
    _mark("]{", r"\[([^\[\]\n]{1,300})\]\{[ ]*[.#][^{}\n]*\}", r"\1"),
    # Sources of what is said (Quarto, R Markdown).
    _mark("@", r"[ ]?\[-?@[\w:./-]+[^\[\]\n]*\]"),
    # Where a site lies (Jekyll).
    _mark("{{", r"\{\{-?[ ]*site\.(?:baseurl|url)[ ]*-?\}\}"),
    _mark("{{", r"\{\{-?[ ]*[\"']([^\"'{}\n]*)[\"'][ ]*\|[ ]*(?:relative|absolute)_url[ ]*-?\}\}", r"\1"),
    # A comment, and the name of a block (Obsidian).
    _mark("%%", r"%%.{0,500}?%%"),
    _mark(" ^", r"[ ]\^[A-Za-z0-9-]+$"),
)
LINES: tuple[Mark, ...] = (
    _mark("TOC", r"^[*-][ ]+TOC[ \t]*\n\{:[ ]?toc[^{}\n]*\}[ \t]*$"),
    _mark("*[", r"^\*\[[^\[\]\n]+\]:[^\n]*$"),
    _mark("import {", r"^import[ ]\{[^{}]{0,1000}\}[ ]+from[ ]+['\"][^'\"\n]+['\"];?[ \t]*$"),
    _mark("{`", r"\{(`[^`\n]+`)\}", r"\1"),
    _mark("$$", r"^(\$\$)[ \t]*(?:\((?:eq)?[\w:.-]+\)|\{\#[\w:.-]+\})[ \t]*$", r"\1"),
)
# What is code in a shortcode of Hugo or a tag of Jekyll; what a box or a tab is called.
CODE = re.compile(r"^[ \t]*(?:\{\{[<%]|\{%-?)[ ]*highlight[ ]+([\w+#-]+)[^\n]{0,300}(?:[>%]\}\}|%\})[ \t]*$")
CODE_END = re.compile(r"^[ \t]*(?:\{\{[<%][ ]*/[ ]*highlight[ ]*[>%]\}\}|\{%-?[ ]*endhighlight[ ]*-?%\})[ \t]*$")
TITLED = re.compile(
    r"^[ \t]*\{\{[<%][ ]*(?:tab|callout|notice|alert|note|tip|details|expand|card|step|accordion)[ ]"
    r"(?:[^\n\"]{0,200}?[ ])?(?:(?:name|title|header|label|summary)=)?\"([^\"\n]{2,120})\"[^\n]{0,300}?[>%]\}\}[ \t]*$",
    re.MULTILINE,
)
KINDS = frozenset({"info", "note", "tip", "warning", "danger", "caution", "important", "success", "error"})


def with_code(text: str) -> str:
    """Return a page with the code of shortcodes in fences; one that nothing closes stays."""
    if "highlight" not in text:
        return text
    lines = text.split("\n")
    start = None
    for at, line in enumerate(lines):
        if start is None and CODE.match(line):
            start = at
        elif start is not None and CODE_END.match(line):
            lines[start], lines[at] = CODE.sub(r"```\1", lines[start]), "```"
            start = None
    return "\n".join(lines)


def line_marks(text: str) -> str:
    """Return words without what stands alone on a line, the titles of boxes in bold."""
    text = _without(LINES, text)
    return TITLED.sub(lambda found: "" if found[1].lower() in KINDS else f"\n**{found[1]}**\n", text)


def inline_marks(text: str) -> str:
    """Return words without the marks among them."""
    return _without(INLINE, text)


def _without(marks: Sequence[Mark], text: str) -> str:
    for sign, mark, words in marks:
        if sign in text:
            text = mark.sub(words, text)
    return text
