"""Right-to-left lines that read in the right order, whatever direction the platform gives them. Pure.

Neither Discord nor Slack says in its public documentation how it sets the direction of text. What is known: Discord
takes U+202E out and lets the direction of one word move a whole field (discord-api-docs issues 1193 and 5341); clients
of both are web pages, which commonly give a message, or each line of it, the direction of its first strong character.
So a line is made to read right under either direction:

- What runs against the line (Latin words with what belongs to them, code, calculations) stands in an isolate.
- A line whose first or last visible character has no direction of its own gets a mark there.

A line is right-to-left when its first letter is, or when at least half of its words are. Text without right-to-left
characters is no business of this module. Marks that stood there before have to be taken out first, so that a second
pass changes nothing; none is put into code or into an address.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

FSI, PDI, RLM, LRM = "\u2068", "\u2069", "\u200f", "\u200e"
CONTROL_SET = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONTROLS = re.compile(f"[{CONTROL_SET}]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")

# One letter for what a character is to the order: R and L letters, D digits, c what joins digits, p a slash, s signs,
# t currency and percent, b and e opening and closing brackets, q quotes and the sentence's punctuation, o others, a
# space, M marks that are not seen, X a left-to-right whole (code, an address), K a right-to-left one.
_LETTERS = {"L": "L", "R": "R", "AL": "R", "EN": "D", "WS": " ", "B": " ", "S": " "}
_SPECIAL = (
    dict.fromkeys(".,:", "c") | {"/": "p"} | dict.fromkeys("+-−–×÷=<>±≤≥≈*~", "s") | dict.fromkeys("%°#$€£¥₪§‰", "t")
    | dict.fromkeys("([{", "b") | dict.fromkeys(")]}", "e") | dict.fromkeys("!?;\"'…“”„‘’«»—", "q")
)  # fmt: skip
_LETTER = re.compile("[LR]")
# From the first letter to the last letter or digit that no letter of the other direction parts from it.
_LATIN = re.compile(r"[LX](?:[^RMK]*[LXD])?")
_HEBREW = re.compile(r"R(?:[^LXMK]*R)?")
_WHOLE = re.compile("K")
# A number that needs help: with a sign, a percent sign or a calculation.
_NUMBER = r"t?D(?:[Dcp]*D)?t?"
# A prefix parts itself from what it stands before by a hyphen, which is its own: `ו-4*2`, `ב-<div>`.
_SUM = re.compile(rf"(?:(?<![RLXDKs])s?|(?<=Rs)){_NUMBER}(?: ?s ?s?{_NUMBER})*")
_BEFORE = re.compile(r"(?:^|[ bqM]|(?<=R)s)([soctp]*)$")
_BEHIND = re.compile(r"[stop]*")
# Nothing that stands beside these belongs to what is behind them.
_APART = frozenset(("", " ", "R", "L"))
_ENDING = re.compile(r"[qc]+(?=[qe])")
# So many signs are looked at before a word: a bound, so that no line takes quadratic time.
MOST_SIGNS = 8
# Takes half as long as the constructor, and there may be one for every letter.
_new = tuple.__new__
# A line with more of what runs against it, of fewer characters each with those between, is left as it is.
_MANY_RUNS, _LEAST_CHARS_A_RUN = 250, 6
# In a right-to-left text, a line of which less is right-to-left than this is an insertion in another language.
SMALLEST_SHARE = 1 / 4


class Bit(NamedTuple):
    """A part of a line: how it is written and what is seen of it.

    A `whole` one is never marked inside; `guarded` is how it is written where a mark may stand beside it. One that is
    `torn` goes on in another line, so that its line is not marked. A `fixed` one can be written in no other way.
    """

    raw: str
    seen: str
    whole: bool = False
    torn: bool = False
    guarded: str = ""
    fixed: bool = False


def has_right_to_left(text: str) -> bool:
    """Whether a text has letters that are read from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def without_controls(text: str) -> str:
    """Return a text without invisible marks of direction."""
    return text if text.isascii() else CONTROLS.sub("", text)


def reads_right_to_left(bits: Iterable[Bit], *, in_right_to_left: bool = False) -> bool | None:
    """Whether a line is read from right to left; None where nothing in it says so."""
    found: list[str] = []
    first: re.Match[str] | None = None
    for _, kinds in map(_classified, bits):
        found.append(kinds)
        first = first or _LETTER.search(kinds)
        if first and first[0] == "R":
            return True
    return _direction("".join(found), in_right_to_left=in_right_to_left)


def _direction(kinds: str, *, in_right_to_left: bool) -> bool | None:
    first = _LETTER.search(kinds)
    if first is None or first[0] == "R":
        return None if first is None else True
    words = kinds.replace("M", "").split(" ")
    right = sum("R" in word for word in words)
    left = sum("L" in word and "R" not in word for word in words)
    # One word each says nothing: "Hi דן," is English, though its name is not.
    return (
        right > max(left - 1, 1)
        or right > left
        or (in_right_to_left and right > 0 and right >= (left + right) * SMALLEST_SHARE)
    )


def marked(bits: Sequence[Bit], *, in_right_to_left: bool, is_open: bool = False) -> Sequence[Bit]:
    """Write a line with the marks it needs, which are bits that nobody sees.

    `in_right_to_left` is the direction of the text the line stands in. An `is_open` line may still grow: what its
    direction does not need is not put at its end, so that what comes next does not change what was there.
    """
    parts = [_classified(bit) for bit in bits]
    kinds = "".join(kind for _, kind in parts)
    is_right = _direction(kinds, in_right_to_left=in_right_to_left)
    if is_right is None or not (is_right or in_right_to_left or "R" in kinds or "K" in kinds):
        return bits
    if _is_of_scraps(kinds, is_right=is_right):
        return bits
    # One character each: what is more than one is no letter, quote or bracket.
    characters = "".join(text if len(text) == len(kind) else kind for text, kind in parts)
    runs = sorted(_runs(kinds, characters, is_right=is_right))
    is_open = is_open and is_right == in_right_to_left
    marks = _placed(kinds, runs, mark=RLM if is_right else LRM, is_open=is_open)
    return list(_with_marks(bits, parts, marks))


def _is_of_scraps(kinds: str, *, is_right: bool) -> bool:
    """Whether a line turns round so often, after so few characters, that nobody reads it, and to mark it takes long."""
    if len(kinds) < _MANY_RUNS:
        return False
    count = len((_LATIN if is_right else _HEBREW).findall(kinds))
    return count > _MANY_RUNS and len(kinds) < _LEAST_CHARS_A_RUN * count


def _with_marks(bits: Sequence[Bit], parts: Sequence[tuple[str, str]], marks: Mapping[int, str]) -> Iterator[Bit]:
    """Yield the bits, cut where a mark stands among their characters."""
    places, next_mark, at = sorted(marks), 0, 0
    for bit, (text, kinds) in zip(bits, parts, strict=True):
        end, begun = at + len(kinds), at
        while next_mark < len(places) and places[next_mark] < end:
            place = places[next_mark]
            if place > begun:
                yield _cut_out(bit, text[begun - at : place - at])
            yield _new(Bit, (marks[place], "", False, False, "", False))
            begun, next_mark = place, next_mark + 1
        if len(kinds) == 1 and bit.raw != bit.seen:
            yield _new(Bit, (text, *bit[1:]))
        elif begun < end:
            yield _cut_out(bit, text[begun - at :])
        at = end
    if at in marks:
        yield Bit(marks[at], "")


def _cut_out(bit: Bit, text: str) -> Bit:
    _, seen, whole, torn, guarded, fixed = bit
    return _new(Bit, (text, seen if whole else text, whole, torn, guarded, fixed))


def _classified(bit: Bit) -> tuple[str, str]:
    """Return what a bit is written with, and what that, or each character of words, is to the order."""
    if not bit.seen:
        return bit.raw, "M"
    if bit.whole:
        if "a" <= bit.seen[0].lower() <= "z":
            return bit.guarded or bit.raw, "X"
        first = next((kind for kind in map(_kind, bit.seen) if kind in "LR"), "L")
        return bit.guarded or bit.raw, "X" if first == "L" else "K"
    if bit.raw != bit.seen:  # an escape: one character, written with more
        return bit.raw, _kind(bit.seen[0])
    return bit.raw, "".join(map(_kind, bit.raw))


class _Kinds(dict[str, str]):
    def __missing__(self, character: str) -> str:
        kind = _SPECIAL.get(character) or _LETTERS.get(unicodedata.bidirectional(character), "o")
        self[character] = kind
        return kind


_kind = _Kinds().__getitem__


def _runs(kinds: str, characters: str, *, is_right: bool) -> Iterator[tuple[int, int]]:
    """Yield from where to where the line runs against its direction; the runs do not overlap."""
    taken, masked = 0, []
    for found in (_LATIN if is_right else _HEBREW).finditer(kinds):
        start, end = _attached(kinds, characters, *found.span(), is_right=is_right)
        if start >= taken:
            yield start, end
            masked += [kinds[taken:start], "X" * (end - start)]
            taken = end
    yield from (found.span() for found in _WHOLE.finditer(kinds))
    if is_right:
        rest = "".join((*masked, kinds[taken:]))
        yield from (found.span() for found in _SUM.finditer(rest) if re.search("[st]", found[0]))


def _attached(kinds: str, characters: str, start: int, end: int, *, is_right: bool) -> tuple[int, int]:
    """Widen a run by what belongs to it: the dot of .NET, the signs of C++, brackets that open inside."""
    if kinds[start - 1 : start] in _APART and kinds[end : end + 1] in _APART and not _has_brackets(kinds, start, end):
        return start, end
    if is_right:
        while start and kinds[start - 1] == "D":
            start -= 1
        if kinds[max(0, start - 2) : start] == "tb" and kinds[end : end + 1] == "e":
            start, end = start - 2, end + 1  # ${HOME}
        before = _BEFORE.search(kinds[max(0, start - MOST_SIGNS) : start])
        if before and (start <= MOST_SIGNS or len(before[0]) < MOST_SIGNS):
            start -= len(before[1])
        behind = _BEHIND.match(kinds, end)
        if behind and kinds[behind.end() : behind.end() + 1] not in ("R", "L", "X", "K", "D"):
            end = behind.end()
    widened, end = _balanced(kinds, start, end)
    start = widened - (is_right and widened < start and kinds.endswith("t", 0, widened))  # ${HOME}/${USER}
    ending = _ENDING.match(kinds, end)
    if ending and start and _closes(characters[start - 1], characters[ending.end()]):
        end = ending.end()
    return start, end


def _has_brackets(kinds: str, start: int, end: int) -> bool:
    return kinds.find("b", start, end) >= 0 or kinds.find("e", start, end) >= 0


def _closes(opening: str, closing: str) -> bool:
    """Whether two characters are a pair of quotes or brackets: what stands between them is said whole."""
    return opening + closing in ("()", "[]", "{}", '""', "''", "“”", "„“", "‘’", "«»", "»«")


def _balanced(kinds: str, start: int, end: int) -> tuple[int, int]:
    depths = list(accumulate(((kind == "b") - (kind == "e") for kind in kinds[start:end]), initial=0))
    opened, missing = depths[-1] - min(depths), -min(depths)
    while missing and start and kinds[start - 1] == "b":
        start, missing = start - 1, missing - 1
    while kinds[end : end + 2] == "be":
        end += 2
    while opened and kinds[end : end + 1] == "e":
        end, opened = end + 1, opened - 1
    return start, end


def _placed(kinds: str, runs: Sequence[tuple[int, int]], *, mark: str, is_open: bool) -> Mapping[int, str]:
    """Return the marks that stand before each character, and behind the last one."""
    visible = [index for index, kind in enumerate(kinds) if kind not in "M "]
    own = "R" if mark == RLM else "L"
    starts, ends = {start for start, _ in runs}, {end for _, end in runs}
    last_run = runs[-1][1] if runs else -1
    first, last = visible[0], visible[-1]
    placed: defaultdict[int, str] = defaultdict(str)
    if kinds[first] != own or first in starts:
        placed[first] += mark
    # An isolate ends with its line anyway.
    for end in ends - ({last_run} if is_open and last_run == last + 1 else set()):
        placed[end] += PDI
    if (kinds[last] != own or last + 1 in ends) and not is_open:
        placed[last + 1] += mark
    for start in starts:
        placed[start] += FSI
    return placed
