"""Plain prose, from a seed: paragraphs with the punctuation of writing and not one mark of Markdown.

It is what the costs of all other texts are compared with. English and Hebrew take turns, since the bot is there for
both and any text may hold both; no paragraph is like another, so that nothing of it is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from random import Random

ENGLISH = (  # noqa: SIM905 - words one reads
    "owl night forest silence feather mouse winter hunts sees hears the a of and in over small large quiet branch moon "
    "because when where often never between flies nest egg young grown they it its with for by about across"
).split()
HEBREW = (  # noqa: SIM905 - words one reads
    "ינשוף לילה יער שקט נוצה עכבר חורף צד רואה שומע של על עם קטן גדול ענף ירח כאשר לפעמים בין עף קן ביצה הוא היא הם "
    "מעט הרבה תמיד רק גם כי אם אחרי לפני בתוך סביב רוח שדה"
).split()
_SENTENCES, _WORDS = (3, 6), (8, 20)


def prose(size: int, *, seed: int = 1, tongues: Sequence[Sequence[str]] = (ENGLISH, HEBREW)) -> str:
    """Return so many characters of prose, its paragraphs in these languages in turn."""
    random = Random(seed)
    paragraphs, length = list[str](), 0
    for words in cycle(tongues):
        if length >= size:
            break
        paragraphs.append(" ".join(_sentences(random, words)))
        length += len(paragraphs[-1]) + 2
    return "\n\n".join(paragraphs)[:size]


def _sentences(random: Random, words: Sequence[str]) -> Iterator[str]:
    for _ in range(random.randint(*_SENTENCES)):
        said = random.choices(words, k=random.randint(*_WORDS))
        for place, before, behind in random.choice(_PUNCTUATION):
            said[place] = f"{before}{said[place]}{behind}"
        yield f"{' '.join(said).capitalize()}{random.choice('....?!')}"


# What stands before and behind which words of a sentence.
_PUNCTUATION = (
    ((3, "", ","),), ((4, "", ","),), ((5, "", ","), (6, "", ",")), ((2, "", " —"),), ((2, "(", ""), (5, "", ")")),
    ((3, "", ":"),), ((1, "“", ""), (4, "", "”")), ((2, "", ";"),), ((1, "", "-like"),), ((2, "", "’s"),),
)  # fmt: skip
