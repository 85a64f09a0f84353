"""Code between fences as platforms know it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from adapters.rendering import code_languages as languages
from adapters.rendering.code import Line, LineRole

WORD_JOINER = "\u2060"
_LONG_RUN = re.compile("`{3,}")


def with_short_fences(lines: Sequence[Line]) -> Iterator[str]:
    """Write code for who ends a block at the first three backticks: a word joiner stands in each of its own."""
    for number, line in enumerate(lines):
        if line.fence is None or _is_words(lines, number):
            yield line.text
        elif line.role is LineRole.OPENING:
            info = _without_backticks(line.fence.info)
            # Where nothing stands below, these may be the words that are meant.
            name = languages.named(info)
            is_all = number == len(lines) - 1
            name = None if is_all and (not name or " " in info.strip()) else name
            yield f"{line.lead}```{info if name is None else name}"
        elif line.role is LineRole.CLOSING:
            yield f"{line.lead}```"
        else:
            yield re.sub("``(?=`)", f"``{WORD_JOINER}", line.text) if "```" in line.text else line.text


def with_fences_of_backticks(lines: Sequence[Line]) -> Iterator[str]:
    """Write code for who knows fences of any length, of backticks alone, with nothing beside the language."""
    marks = ""
    for number, line in enumerate(lines):
        if line.fence is None or line.role is LineRole.CODE or _is_words(lines, number):
            yield line.text
            continue
        if line.role is LineRole.OPENING:
            marks = line.fence.marks if line.fence.mark == "`" else _around(lines, number + 1)
        yield (
            line.lead + (marks or line.fence.marks) + (_words(line.fence.info) if line.role is LineRole.OPENING else "")
        )


def _is_words(lines: Sequence[Line], number: int) -> bool:
    """Whether tildes stand there that nothing follows: as long as it is so, they are what they are."""
    line = lines[number]
    is_opening = line.role is LineRole.OPENING and line.fence is not None and line.fence.mark == "~"
    return is_opening and number == len(lines) - 1


def _around(lines: Sequence[Line], first: int) -> str:
    """Return marks that no line of the code from there has."""
    longest = 2
    for line in lines[first:]:
        if line.role is not LineRole.CODE:
            break
        longest = max([longest, *map(len, _LONG_RUN.findall(line.text))])
    return "`" * (longest + 1)


def _without_backticks(info: str) -> str:
    """Return what may stand behind backticks; behind tildes anything may."""
    return info.partition("`")[0].rstrip()


def _words(info: str) -> str:
    info = _without_backticks(info.strip())
    language, _, attributes = info.partition(" ")
    return language if "=" in attributes or attributes.startswith("{") else info
