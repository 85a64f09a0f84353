"""Names of threads and words on buttons: texts cut to what a platform shows."""

from __future__ import annotations


def cut_label(words: str, most_chars: int) -> str:
    """Return a label of one line, cut where a platform shows no more of it."""
    return words if len(words) <= most_chars else f"{words[: most_chars - 1]}…"


def title_of(question: str, most_chars: int) -> str:
    """Return the first words of what is asked, without what is quoted above it; "" where it has none."""
    own = [line for line in question.splitlines() if line.strip() and not line.startswith(">")]
    words = " ".join(" ".join(own or question.splitlines()).split())
    if len(words) <= most_chars:
        return words
    return words[: most_chars - 2].rsplit(" ", 1)[0] + " …"
