"""Numbers in texts that may hold anything: what a button carries comes back as whoever sends it pleases."""

from __future__ import annotations

# No store counts rows further.
LARGEST = 2**31 - 1
MOST_DIGITS = 10


def number_in(text: str) -> int | None:
    """Return the whole number a text is, if a store can have such a one; None otherwise."""
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        return None
    number = int(text)
    return number if number <= LARGEST else None
