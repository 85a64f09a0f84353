"""Names of threads and words on buttons: texts cut to what a platform shows."""

from __future__ import annotations

import regex

from bot.reasoning import harmless

_CHARACTER = regex.compile(r"\X")


def cut_label(words: str, most_chars: int) -> str:
    """Return a label of one line, cut where a platform shows no more of it, and between characters as people see them.

    What nobody sees of it, and would turn or hide the words beside it, is left out.
    """
    words = harmless(words)
    return words if len(words) <= most_chars else f"{_beginning(words, most_chars - 1)}…"


def title_of(question: str, most_chars: int) -> str:
    """Return the first words of what is asked, without what is quoted above it; "" where it has none."""
    own = [line for line in question.splitlines() if line.strip() and not line.startswith(">")]
    words = " ".join(harmless(" ".join(own or question.splitlines())).split())
    if len(words) <= most_chars:
        return words
    return _beginning(words, most_chars - 2).rsplit(" ", 1)[0] + " …"


def _beginning(words: str, most_chars: int) -> str:
    """Return as many whole characters as fit."""
    end = max((found.end() for found in _CHARACTER.finditer(words) if found.end() <= most_chars), default=0)
    return words[: end or most_chars]
