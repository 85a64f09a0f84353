"""Names of assistants: one line of letters, in whatever script, that calls nobody and passes for no role. Pure."""

from __future__ import annotations

import unicodedata

from bot.domain import is_seen
from bot.engine.prompt import LOOKALIKES, NAMELESS, label
from bot.errors import FieldRefused
from bot.reasoning import cleaned

NAME_CHARS = 40
NAMED = "named"
"""The field a name is put into."""
# A colon, an @ or a mark of Markdown would make something else of a name where it is shown.
_SIGNS = frozenset("-'’&+.,!?()")
# Letters of every script, their points and accents, numbers, and emoji.
_KINDS = frozenset("LMN")
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
# Hebrew with vowels and cantillation has three on a letter.
MOST_MARKS = 4


def read_name(typed: str) -> str:
    """Return a name as it is shown.

    Raises:
        FieldRefused: nothing to see, too long, signs that are no part of names, or a role of the conversation.
    """
    name = " ".join(unicodedata.normalize("NFC", cleaned(typed)).split())
    name = "".join(sign for sign in name if sign == " " or is_seen(sign)).strip()
    if not any(unicodedata.category(sign)[0] in "LN" for sign in name):
        raise FieldRefused(NAMED, "error.assistant_nameless")
    if len(name) > NAME_CHARS:
        raise FieldRefused(NAMED, "error.assistant_name_long", most=NAME_CHARS)
    if odd := next((sign for sign in name if not _may_stand(sign)), "") or _odd_place(name):
        raise FieldRefused(NAMED, "error.assistant_name_sign", sign=odd)
    if label(name) != name or label(name) == NAMELESS:
        raise FieldRefused(NAMED, "error.assistant_name_taken", name=name)
    return name


def key_of(name: str) -> str:
    """Return what tells names apart: not by case, by width, by what nobody sees, nor by letters that look alike."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).translate(LOOKALIKES)
    seen = "".join(sign for sign in folded if sign.isspace() or is_seen(sign))
    # A letter that took another's place may be one with the accent behind it.
    return " ".join(unicodedata.normalize("NFKC", seen).split())


def _may_stand(sign: str) -> bool:
    category = unicodedata.category(sign)
    return sign == " " or sign in _SIGNS or sign in _SKIN_TONES or category[0] in _KINDS or category == "So"


def _odd_place(name: str) -> str:
    """Return a sign where it stands wrong: a point that would make an address of a name, a heap of accents."""
    for before, sign, after in zip(f" {name}", name, f"{name[1:]} ", strict=False):
        if sign == "." and not after.isspace():
            return sign
        if unicodedata.category(sign)[0] == "M" and before == " ":
            return sign
    marks = 0
    for sign in name:
        marks = marks + 1 if unicodedata.category(sign)[0] == "M" else 0
        if marks > MOST_MARKS:
            return sign
    return ""
