"""Marks of dialects of Markdown that stand within a line, or alone on one: each for what it says, most for nothing."""

from __future__ import annotations

import re

# Critic Markup: what was taken out, put in, or noted in the margin.
INLINE = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\{--.{0,500}?--\}|\{>>.{0,500}?<<\}", ""),
        (r"\{~~[^{}]{0,300}?~>([^{}]{0,300}?)~~\}|\{(?:\+\+|==)([^{}]{0,300}?)(?:\+\+|==)\}", r"\1\2"),
        # Keys and icons of MkDocs.
        (r"(?<![\w+])\+\+([a-z0-9-]+(?:\+[a-z0-9-]+)*)\+\+(?![\w+])", r"\1"),
        (r":(?:material|fontawesome|octicons|simple)-[\w-]+:(?:\{[^{}\n]*\})?", ""),
        # Notes where they are meant, what is new, below or above the line (Pandoc).
        (r"\^\[([^\[\]\n]+)\](?![(^])", r" (\1)"),
        (r"(?<![\w=+])(==|\+\+)(?![\s=+])([^=+\n]{0,300}[^\s=+])\1(?![\w=+])", r"\2"),
        (r"(?<=\w)~(\d{1,3}|[a-z+-])~(?!~)|(?<=\w)\^(\d{1,3}|[a-z+-]|st|nd|rd|th|\[\d+\])\^", r"\1\2"),
        (r"\[([^\[\]\n]{1,300})\]\{[ ]*[.#][^{}\n]*\}", r"\1"),
        # Sources of what is said (Quarto, R Markdown).
        (r"[ ]?\[-?@[\w:./-]+[^\[\]\n]*\]", ""),
        # Where a site lies (Jekyll).
        (r"\{\{-?[ ]*site\.(?:baseurl|url)[ ]*-?\}\}", ""),
        (r"\{\{-?[ ]*[\"']([^\"'{}\n]*)[\"'][ ]*\|[ ]*(?:relative|absolute)_url[ ]*-?\}\}", r"\1"),
        # A comment, and the name of a block (Obsidian).
        (r"%%.{0,500}?%%", ""),
        (r"(?m)[ ]\^[A-Za-z0-9-]+$", ""),
    )
)
LINES = tuple(
    (re.compile(pattern, re.MULTILINE), words)
    for pattern, words in (
        (r"^[*-][ ]+TOC[ \t]*\n\{:[ ]?toc[^{}\n]*\}[ \t]*$", ""),
        (r"^\*\[[^\[\]\n]+\]:[^\n]*$", ""),
        (r"^import[ ]\{[^{}]{0,1000}\}[ ]+from[ ]+['\"][^'\"\n]+['\"];?[ \t]*$", ""),
        (r"\{(`[^`\n]+`)\}", r"\1"),
        (r"^(\$\$)[ \t]*(?:\((?:eq)?[\w:.-]+\)|\{\#[\w:.-]+\})[ \t]*$", r"\1"),
    )
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
    for mark, words in LINES:
        text = mark.sub(words, text)
    return TITLED.sub(lambda found: "" if found[1].lower() in KINDS else f"\n**{found[1]}**\n", text)


def inline_marks(text: str) -> str:
    """Return words without the marks among them."""
    for mark, words in INLINE:
        text = mark.sub(words, text)
    return text
