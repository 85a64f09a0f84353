"""Support: whether a lesson says what a sentence says, told by its wording. Pure.

Most of the sentence's words must stand in the passage; and what makes it true or false, which are its numbers, its
names and its negations, must stand together there as it does in the sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.domain import Passage
from bot.lessons.answers.negations import negated
from bot.lessons.answers.unit_scores import grams
from bot.lessons.answers.units import UnitKind, units
from bot.lessons.language.amounts import LARGE, amounts, truth
from bot.lessons.language.stop_words import ENGLISH, binds, language_told
from bot.lessons.language.words import folded, is_wide, pieces, words

# Share of a sentence's character 4-grams that the passage must hold. Measured on the sample course: 17 sentences
# reworded from their passage have 0.61 to 1.00 of them, 14 that say something else of the same thing 0.12 to 0.59.
SUPPORT = 0.6

CLOSE = 0.75
"""A part of a passage that holds so much of a sentence is what the sentence rewords."""

ALIKE = 0.6
"""A sentence that has this share of its words in common with a part of a passage, in order, rewords it word by word."""

SUBJECT = 3
"""A name among so many first words is what a part of a passage speaks of."""

WIDEST = 3
"""So many neighbouring parts of a passage are taken together."""

_NAME = re.compile(r"(?<![A-Za-z])(?:[A-Z][A-Za-z0-9]*[A-Z0-9][A-Za-z0-9]*|[A-Z][a-z]{2,})(?![a-z])")
_MARKER = re.compile(r"^\s*(?:\d{1,3}[.)]|[-*+#]+)\s+")
_ADDRESS = re.compile(r"(?:https?://|www\.|(?<![\w@])(?:[\w-]+\.)+[a-z]{2,}/)[^\s)>\]]*", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
# "And" is a letter before a Hebrew or an Arabic word.
_AND = re.compile("^[וو](?=\\w{3})")
SHORTEST = 3
_DECIMAL = re.compile(r"(?<=\d)[.,](?=\d)")
_OPPOSITES = [set(line.split()) for line in truth()["opposites"].strip().split("\n")]
_APART = {
    word: set().union(*(line for line in _OPPOSITES if word in line)) - {word} for word in set().union(*_OPPOSITES)
}


@dataclass(slots=True)
class _Beside:
    """The words before and behind a number; the first behind it is what it measures."""

    before: set[str]
    behind: set[str]
    measure: str = ""


@dataclass(frozen=True, slots=True)
class PassageParts:
    """A lesson's passage in its parts: `around` are the headings above it, `text` all of it."""

    parts: Sequence[str]
    around: str
    text: str


def spoken(passage: Passage) -> PassageParts:
    """Return a passage in its parts, as sentences are held against it."""
    parts = [unit.text for unit in units(passage.chunk.text) if unit.kind is not UnitKind.CODE]
    around = " ".join((*passage.chunk.heading_path, passage.document.title))
    return PassageParts(parts or [passage.chunk.text], around, passage.chunk.text)


def supports(passage: Passage, sentence: str) -> bool:
    """Whether the passage says what the sentence, which is in its language, says."""
    if not facts_stand(passage, sentence) or coverage(sentence, passage.chunk.text) < SUPPORT:
        return False
    seen = spoken(passage)
    return any(_agree(sentence, window, seen) for window in _reworded(sentence, seen))


def facts_stand(passage: Passage, sentence: str) -> bool:
    """Whether every number, name and address of the sentence stands in the passage or its headings."""
    all_of_it = " ".join((*passage.chunk.heading_path, passage.document.title, passage.chunk.text))
    text = folded(all_of_it)
    body = _MARKER.sub("", sentence)
    addresses = [folded(address.rstrip(".,;:!?")) for address in _ADDRESS.findall(body)]
    return (
        amounts(body) <= amounts(all_of_it)
        and all(folded(name) in text for name in _names(body, all_of_it))
        and all(address in text for address in addresses)
    )


def coverage(sentence: str, text: str) -> float:
    """Return the share of the sentence's character n-grams that the text holds, 0 for a sentence without words."""
    asked = grams(sentence)
    return len(asked & grams(text)) / len(asked) if asked else 0.0


def holds_code(passage: Passage, block: str) -> bool:
    """Whether every line of a fenced block stands in the passage."""
    known = {" ".join(line.split()) for line in passage.chunk.text.split("\n")}
    said = [" ".join(line.split()) for line in block.strip().split("\n")[1:] if line.strip().strip("`~")]
    return bool(said) and all(line in known for line in said)


def _reworded(sentence: str, seen: PassageParts) -> Iterator[str]:
    """Yield the parts of the passage that the sentence may reword, those that hold it by themselves or none of them."""
    alone = [coverage(sentence, part) for part in seen.parts]
    if max(alone) >= CLOSE:
        yield from (part for part, held in zip(seen.parts, alone, strict=True) if held >= CLOSE)
        return
    is_found = False
    for size in range(1, WIDEST + 1):
        for at in range(len(seen.parts) - size + 1):
            window = " ".join(seen.parts[at : at + size])
            if coverage(sentence, window) >= SUPPORT:
                is_found = True
                yield window
    if not is_found:
        yield seen.text


def _agree(sentence: str, window: str, seen: PassageParts) -> bool:
    """Whether what makes the sentence true or false stands in this part of the passage as it does in the sentence."""
    body = _MARKER.sub("", sentence)
    return (
        amounts(body) <= amounts(f"{window} {seen.around}")
        and _names_agree(body, window, seen)
        and not _is_of_another(body, window, seen)
        and not negated(body, window)
        and not _is_swapped(body, window, seen)
        and _bound(body, window)
    )


def _names_agree(body: str, window: str, seen: PassageParts) -> bool:
    """Whether the names stand here; one of the headings may stand for "it", but not for another name."""
    lesson = f"{seen.around} {seen.text}"
    said = {folded(name) for name in _names(body, lesson)}
    missing = said - _found(said, window)
    if not missing:
        return True
    at = seen.parts.index(window) if window in seen.parts and not _names(window, lesson) else 0
    around = folded(" ".join((seen.around, *seen.parts[max(0, at - 1) : at])))
    begins = " ".join(_MARKER.sub("", window).split()[:SUBJECT])
    subjects = {folded(name) for name in _names(begins, lesson)}
    return all(name in around for name in missing) and subjects <= said


def _is_of_another(body: str, window: str, seen: PassageParts) -> bool:
    """Whether the part that has the sentence's numbers, or most of its words, gives them to another name."""
    lesson = f"{seen.around} {seen.text}"
    said = {folded(name) for name in _names(body, lesson)}
    inside = [part for part in seen.parts if part in window]
    if not said or len(inside) < 2:  # noqa: PLR2004 - one part gives nothing to another
        return False
    numbers = amounts(body)
    most = max(inside, key=lambda part: coverage(body, part))
    telling = [part for part in inside if part == most or numbers & amounts(part)]
    return any(said - _found(said, part) and {folded(name) for name in _names(part, lesson)} - said for part in telling)


def _found(names: set[str], part: str) -> set[str]:
    here = folded(part)
    return {name for name in names if name in here}


def _is_swapped(body: str, window: str, seen: PassageParts) -> bool:
    """Whether the sentence is a part of the passage word by word, but for one word about something else."""
    said, here = _said(body), _said(window)
    new, left = set(said) - set(here), set(here) - set(said)
    if any(_APART.get(word, set()) & left for word in new):
        return True
    matcher = SequenceMatcher(None, said, here, autojunk=False)
    if sum(block.size for block in matcher.get_matching_blocks()) < ALIKE * len(said):
        return False
    elsewhere = set(_said(f"{seen.text.replace(window, ' ')} {seen.around}"))
    if len(new) == len(left) == 1 and new & elsewhere and not _forms_of_one(*new, *left):
        return True
    for kind, start, end, there, until in matcher.get_opcodes():
        if kind != "replace":
            continue
        ours, theirs = set(said[start:end]) - set(here), set(here[there:until]) - set(said)
        if len(ours) == len(theirs) == 1 and (ours & elsewhere) and not _forms_of_one(*ours, *theirs):
            return True
    return False


def _forms_of_one(one: str, other: str) -> bool:
    return one[:4] == other[:4] or one[1:5] == other[:4] or one[:4] == other[1:5]


def _said(text: str) -> list[str]:
    """Return the words of a text that do not merely bind, in their order, each as often as it stands there."""
    language = language_told(text) or ENGLISH
    said = [_AND.sub("", piece) for word in words(text) for piece in pieces(word)]
    return [word for word in said if word in _APART or not _says_little(word, language)]


def _says_little(word: str, language: str) -> bool:
    is_particle = len(word) < SHORTEST and not is_wide(word) and not _DIGIT.match(word)
    return is_particle or binds(word, language) or binds(word, ENGLISH)


def _bound(body: str, window: str) -> bool:
    """Whether each number stands with the words it stands with in the part, where that has several."""
    here, said = _beside_numbers(window), _beside_numbers(body)
    known = said.keys() & here.keys()
    # What stands between two numbers may go with either: what goes with one is not held against the other.
    leading = {number: said[number].before & here[number].before for number in known}
    following = {number: said[number].behind & here[number].behind for number in known}
    return not any(
        _is_given_to_another(
            number,
            _Beside(
                said[number].before - set().union(*(rest for one, rest in following.items() if one != number)),
                said[number].behind - set().union(*(rest for one, rest in leading.items() if one != number)),
            ),
            here,
        )
        for number in known
    )


def _is_given_to_another(number: str, said: _Beside, here: Mapping[str, _Beside]) -> bool:
    """Whether what is said before or behind a number is what the part says beside another one."""
    others = [one for other, one in here.items() if other != number]
    # "Metres" behind several numbers is of none of them more than of another.
    counts = Counter(one.measure for one in here.values())
    measures = {measure for measure, count in counts.items() if count > 1}
    before = _compared(said.before, here[number].before, [one.before for one in others], measures)
    behind = _compared(said.behind, here[number].behind, [one.behind for one in others], measures)
    return (before < 0 and behind <= 0) or (behind < 0 and before <= 0)


def _compared(ours: set[str], theirs: set[str], others: Sequence[set[str]], measures: set[str]) -> int:
    """Return -1 where words beside a number are those of another one, 1 where they are its own, else 0."""
    of_others = set().union(*others) - measures
    if (ours & of_others) - theirs and (theirs - measures) - ours:
        return -1
    return 1 if (ours & theirs) - of_others - measures else 0


def _beside_numbers(text: str) -> dict[str, _Beside]:
    """Return the words before and behind each number of a text, as far as the next number."""
    said = _said(_DECIMAL.sub("p", text))
    places = [at for at, word in enumerate(said) if _DIGIT.match(word) or (amounts(word) and word not in LARGE)]
    found: dict[str, _Beside] = {}
    for before, at, after in zip([-1, *places], places, [*places[1:], len(said)], strict=False):
        known = found.setdefault(min(amounts(said[at]) or {said[at]}), _Beside(set(), set()))
        known.before.update(said[before + 1 : at])
        known.behind.update(said[at + 1 : after])
        known.measure = said[at + 1] if at + 1 < after else known.measure
    return found


def _names(body: str, lesson: str) -> list[str]:
    """Return the proper names in Latin letters; a sentence's first word may have its capital for being that."""
    found = [match[0] for match in _NAME.finditer(body)]
    first = _NAME.search(body)
    is_first = first is not None and not body[: first.start()].strip(" *_\"'`-•")
    return found[1:] if is_first and not _is_name(found[0], lesson) else found


def _is_name(word: str, lesson: str) -> bool:
    """Whether a word that begins a sentence is a name, as far as a lesson shows it."""
    if not word[1:].islower():
        return True
    plain = folded(word)
    if binds(plain, ENGLISH) or re.search(rf"(?<![^\W\d_]){plain[:4]}", lesson):
        return False
    return not re.search(r"(?:s|ing|ed|ly|er|tion)$", plain) or word in lesson
