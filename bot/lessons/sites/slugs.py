"""The anchors GitHub gives to headings: which letters stay, and what repeats get, as npm's github-slugger does it."""

from __future__ import annotations

from unicodedata import category

# Letters, marks, decimal digits, letter numbers and connectors stay, and so does the emoji's variation selector (Mn).
KEPT = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "Pc"})


def slug(text: str) -> str:
    """Return the anchor of a heading as it is rendered, without its markup; "" where nothing of it stays."""
    kept = (letter for letter in text.lower() if letter in "- " or category(letter) in KEPT)
    return "".join(kept).replace(" ", "-")


class Slugs:
    """The anchors of one page: repeats are numbered from 1, and no number is given that a heading has by itself."""

    def __init__(self) -> None:
        self._repeats: dict[str, int] = {}

    def __call__(self, text: str) -> str:
        """Return the anchor of the page's next heading."""
        base = anchor = slug(text)
        while anchor in self._repeats:
            self._repeats[base] += 1
            anchor = f"{base}-{self._repeats[base]}"
        self._repeats[anchor] = 0
        return anchor
