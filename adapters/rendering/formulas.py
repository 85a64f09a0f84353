r"""Whether what stands between the marks of a formula is one. Pure.

`$`, `\(` and `\[` stand in shells, prices, regular expressions and escaped brackets far more often than a formula does:
so there has to be something of a formula between them, and what programs are made of must not stand there.
"""

from __future__ import annotations

import re

from adapters.rendering.latex import is_known

_COMMAND = re.compile(r"\\([A-Za-z]{2,})(\{)?")
# Of a regular expression: one letter behind a backslash, a range between brackets, the sign of a match.
_CLASS = re.compile(r"\\[dwsbDWSB](?![A-Za-z])|\[[^\]]*\w-\w[^\]]*\]|=~")
_RANGE = re.compile(r"\^?\S*[A-Za-z0-9]-[A-Za-z0-9]\S*")
# An interval, an index, sources: their brackets are meant.
_VALUES = re.compile(r"-?[\w.]+(?:\s?[,;]\s?-?[\w.]+)+")
_SCRIPT = re.compile(
    r"[\w)\]}|'][\^](?:[\w{\\(*+']|-\w)|(?<![A-Za-z])[A-Za-zα-ωΑ-Ω]_[A-Za-z0-9](?![A-Za-z])|(?<!\$)[\w)}]_[{\\]"
)
_OPERAND = r"(?:(?<![A-Za-z0-9])[A-Za-zα-ωΑ-Ω]|\d|[)}'!])"
_BEHIND = r"(?:[A-Za-zα-ωΑ-Ω](?![A-Za-z0-9])|\d|[({\\|])"
# Written alike on both sides: `a -o` is an option.
_OPERATION = re.compile(rf"{_OPERAND}(?:[-+*/|:]| [-+*/|:] | ?, ?){_BEHIND}")
_RELATION = re.compile(r"[\w)}\]'|]\s?(?:[=<>≤≥≈≠]|<=|>=)\s?[-\w({\\|]")
_APPLIED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]'?\([^()]*\)")
_SMALL = re.compile(r"[-+±]?\s?(?:[A-Za-zα-ωΑ-Ω]['!]*|\d+!)|[-+±]\d+|\|[^|]+\|")
_PERCENT = re.compile(r"\d\\%")
_SHORT = re.compile(r"-?\d+(?:[.,]\d+)*|[A-Z]{1,3}|[A-Za-z]{1,2}")
_TIMES = re.compile(r"\d\s+x\s+\d")
_PATTERN = "/|\\{"
_LONG_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
_VARIABLE = re.compile(r"\{[^{}$]*\}(?![\^_])")


def is_formula(content: str) -> bool:
    """Whether a text reads like a formula rather than like words, a command or a pattern of characters."""
    text = content.strip()
    if any(brace or is_known(name) for name, brace in _COMMAND.findall(text)):
        return True
    if _CLASS.search(text) or not _are_paired(text):
        return False
    patterns = (_SCRIPT, _OPERATION, _RELATION, _APPLIED, _PERCENT)
    return bool(_SMALL.fullmatch(text) or text.startswith("\\{") or any(found.search(text) for found in patterns))


def is_bracketed_formula(content: str, *, is_square: bool, before: str, behind: str = "") -> bool:
    r"""Whether a text between `\(` and `\)`, or the square ones, is a formula and not in escaped brackets.

    `before` and `behind` are what stands beside them: brackets belong to a name, to what closed before them, and to a
    pattern of characters (`s/\(a\)\(b\)/\2\1/`).
    """
    if "$" in content or "`" in content:
        return False
    if any(each and each in _PATTERN for each in (before, behind)) and not _COMMAND.search(content):
        return False
    if before.isascii() and (before.isalnum() or (before and before in "_)]}")):
        return bool(_COMMAND.search(content) or "^" in content or "_{" in content) and is_formula(content)
    if is_square and not _COMMAND.search(content) and (_RANGE.fullmatch(content) or _VALUES.fullmatch(content)):
        return False
    return is_formula(content)


def is_priced_formula(content: str, behind: str) -> bool:
    """Whether a text between dollars is a formula, and neither prices nor variables of a program are."""
    if behind in ("{", "(") or _VARIABLE.match(content) or content.startswith(("((", "/")) or _TIMES.search(content):
        return False
    if content[0].isdigit() and _LONG_WORD.search(content) and "\\" not in content:
        return False
    return bool(_SHORT.fullmatch(content)) or is_formula(content)


def _are_paired(text: str) -> bool:
    """Whether all round and curly brackets are closed: half of a command's is in it otherwise."""
    depth = 0
    for character in text.replace("\\{", "").replace("\\}", ""):
        depth += (character in "({") - (character in ")}")
        # An interval closes with another bracket than it opened with.
        if depth < 0 and "[" not in text:
            return False
    return depth == 0 or "]" in text or "[" in text
