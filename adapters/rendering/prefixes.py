"""The lines of a block and what stands before them: the marks of quotes and items, and spaces. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.rendering.direction import FSI, LRM, PDI, RLM

_DEFINITION = re.compile(rf"^[{FSI}{RLM}{LRM}]*\[[^\[\]]+\][{PDI}{RLM}{LRM}]*(?=:)")
# What begins a block on some platform where the standard sees a paragraph go on: a list from its middle.
_BEGINNING = re.compile(r"(?:(?:\d{1,9}[.)]|[-*]) +)+")

# What stands before a quote's mark, and the space behind it.
_QUOTE = re.compile(r"([ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)>[ \t]?")


def without_beginning(line: str) -> str:
    """Return a line without what has to stay at its beginning, where a mark of direction would stand before it."""
    found = _BEGINNING.match(line)
    return line[found.end() :] if found else line


def as_text(line: str) -> str:
    """Keep a line from being a program's prompt, or from saying where a link of its name leads, and not being seen."""
    return f"\\{line}" if line.startswith(">>>") else _DEFINITION.sub(r"\g<0>\\", line)


def found_again(content: str, source: Sequence[str]) -> list[str] | None:
    """Return the lines of a paragraph, one for each of its source; None where they cannot be found again.

    The parser drops those at both ends that only look empty.
    """
    found = [line.strip() for line in content.split("\n")]
    missing = len(source) - len(found)
    for leading in range(missing + 1):
        filled = [""] * leading + found + [""] * (missing - leading)
        if all(line.endswith(text) for line, text in zip(source, filled, strict=True)):
            return filled
    return None


def behind(line: str, column: int) -> str:
    """Return what stands behind the marks of the quote or item that a line is in."""
    return line[column:] if not line[:column].strip("> \t") else line.lstrip(" \t")


def before(line: str, text: str) -> str:
    """Return what stands before a text that is in a line."""
    return line[: max(line.find(text), 0)]


def under(prefixes: Sequence[str], written: Sequence[str]) -> list[str]:
    """Put lines where others were; those that are added stand under the last, in the same quote and as deep."""
    following = _below(prefixes[-1])
    filled = [*prefixes, *[following] * (len(written) - len(prefixes))]
    return [f"{prefix}{line}" for prefix, line in zip(filled, written, strict=False)]


def as_deep(prefixes: Sequence[str]) -> list[str]:
    """Let an item's lines stand as deep as its first: where they need not, they are not the item's everywhere."""
    following = _below(prefixes[0])
    return [prefixes[0], *(prefix if len(prefix) >= len(following) else following for prefix in prefixes[1:])]


def _below(prefix: str) -> str:
    return "".join(character if character in "> \t" else " " for character in prefix)


def requoted(line: str, depth: int, above: str) -> tuple[str, str]:
    """Return what stands before a line of so many quotes, as in a single one, and the rest of it.

    `above` is what stands before the line above it, for one that only goes on.
    """
    written, at = "", 0
    for number in range(depth):
        found = _QUOTE.match(line, at)
        if found is None:
            return (written or _below(above) if line.strip() else ""), line[at:]
        written += found[1] + ("" if number else "> ")
        at = found.end()
    return written, line[at:]
