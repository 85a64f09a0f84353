"""A small quiz, as whoever makes a course writes it."""

from __future__ import annotations

HIVE = (
    "# The hive\n\nA **queen** lays all the eggs of a hive. Workers carry nectar, and [drones](d.md) carry nothing.\n"
)
PROOF = "A queen lays all the eggs of a hive."


def entry(
    *,
    question: str = "Who lays the eggs?",
    right: str = "The queen",
    wrong: tuple[str, ...] = ("A worker", "A drone"),
    passage: str = PROOF,
) -> str:
    """Return a question in the form that is read."""
    others = "".join(f"    - {option}\n" for option in wrong)
    return f"- question: {question}\n  right: {right}\n  wrong:\n{others}  passage: {passage}\n"


QUIZ = entry()
