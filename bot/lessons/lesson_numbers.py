"""Numbers in the names of folders and files, as courses write them: digits, pairs, words, letters, other scripts."""

from __future__ import annotations

import re

END = r"(?=[-. _]|$)"
# `2-factor`, `5-minute`: the number is part of a word.
MEASURED = (
    r"(?:bit|days?|dimensional|d|factor|fold|hours?|layer|minutes?|part|phase|player|point|sided|star|tier|way|weeks?"
    r"|years?)(?![^\W_])"
)
# `01_`, `001-`, `1.2 `, `04a_`; a year is no number, and a size such as `7b` or `3d` is none.
NUMBER = re.compile(rf"(?!(?:404|500)$|\d+[-_ ]{MEASURED})(\d{{1,3}}(?:\.\d{{1,2}})*){END}|([01]\d)[a-z]{END}")
# `ch04-01-what`, `chap5_06`: the chapter and its part.
PAIR = re.compile(
    rf"(?:ch(?:ap(?:ter)?)?|week|module|unit|part|lesson|day)[-_ ]?(\d{{1,3}})[-_.](\d{{1,2}}){END}", re.IGNORECASE
)
KIND = (
    "lesson|module|class|chapter|unit|part|week|day|session|lecture|topic|lec|chap|ch|sec|section|tutorial|step|lab"
    "|lecci[oó]n|cap[ií]tulo|unidad|unidade|m[oó]dulo|tema|le[cç]on|chapitre|kapitel|lektion|lezione|capitolo|aula"
    "|d[ií]a|sesi[oó]n|semana|parte|clase|semaine|jour|s[eé]ance|partie|teil|woche|tag|settimana|giorno"
    "|урок|глава|лекция|שיעור|פרק|יחידה|חלק|מודול|הרצאה|الدرس|درس|الفصل"
)
NAMED_NUMBER = re.compile(rf"(?:^|[-_ ])(?:{KIND})[-_ #]*(\d{{1,3}})(?!\d)", re.IGNORECASE)
# `L07`, `W02`, `L7`: one letter for the word, and nothing that could be a name, such as S3 or L2-norm.
LETTERED = re.compile(r"(?:[LWUMSTD](\d{2})(?=[-. _]|$)|L(\d)(?=[._]|$))", re.IGNORECASE)
# `s02e03`: a season and its part.
SEASON = re.compile(rf"s(\d{{1,2}})e(\d{{1,2}}){END}", re.IGNORECASE)
NAMED_ROMAN = re.compile(rf"(?:^|[-_ ])(?:{KIND})[-_ ]+([ivx]+){END}", re.IGNORECASE)
ROMAN = re.compile(r"([IVXL]+)\.(?=\s|$)|([IVX]{2,})(?=[-_ ]|$)")
ROMAN_FORM = re.compile(r"(XL|L?X{0,3})(IX|IV|V?I{0,3})")
ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}
ONES = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
)  # fmt: skip
WORDS = {word: value for words in (ONES, ORDINALS) for value, word in enumerate(words, 1)}
WORDED = re.compile(
    rf"(?:^|[-_ ])(?:{KIND})[-_ ]+({'|'.join(sorted(WORDS, key=len, reverse=True))}){END}", re.IGNORECASE
)
ORDERED = re.compile(rf"(?:^|[-_ ])({'|'.join(ORDINALS)})[-_ ](?:{KIND}){END}", re.IGNORECASE)
HEBREW = re.compile(r"(?:^|[-_ ])(?:שיעור|פרק|יחידה|חלק|מודול|הרצאה)[-_ ]+([א-ת]['׳]?|[יכל][\"״]?[א-ט])(?=[-._: ]|$)")
HEBREW_VALUES = dict(zip("אבגדהוזחטיכל", (*range(1, 11), 20, 30), strict=True))
HAN = re.compile(
    r"第\s*(\d{1,3}|[〇零一二三四五六七八九十百]+)\s*[章节節课課讲講回部单單篇天周週]|제\s*(\d{1,3})\s*[장강과]|^(\d{1,3})[장강과]"
)
HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}


def number_of(name: str) -> tuple[int, ...]:
    """Return the number in a folder's or file's name, () where it has none."""
    if found := NUMBER.match(name):
        return tuple(map(int, (found[1] or found[2]).split(".")))
    if found := PAIR.match(name) or SEASON.match(name):
        return int(found[1]), int(found[2])
    if found := NAMED_NUMBER.search(name) or LETTERED.match(name) or HAN.search(name):
        said = next(filter(None, found.groups()))
        return (int(said) if said.isdecimal() else _han(said),)
    number = _roman(name) or _worded(name)
    return (number,) if number else ()


def unnumbered(name: str) -> str:
    """Return a name without the number it begins with."""
    found = (
        NUMBER.match(name)
        or PAIR.match(name)
        or LETTERED.match(name)
        or (ROMAN.match(name) if _roman(name) else None)
        or SEASON.match(name)
    )
    return name[found.end() :].lstrip("-. _") if found else name


def _worded(name: str) -> int:
    if found := WORDED.search(name) or ORDERED.search(name):
        return WORDS[found[1].lower()]
    found = HEBREW.search(name)
    return sum(HEBREW_VALUES.get(letter, 0) for letter in found[1]) if found else 0


def _roman(name: str) -> int:
    found, of_kind = ROMAN.match(name), NAMED_ROMAN.search(name)
    letters = (found[1] or found[2]) if found else of_kind[1].upper() if of_kind else ""
    if not letters or not ROMAN_FORM.fullmatch(letters):
        return 0
    values = [ROMAN_VALUES[letter] for letter in letters]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def _han(said: str) -> int:
    """Return a number below 1,000 in Chinese signs: 十二 is 12, 二十 20, 一百零三 103."""
    total = digit = 0
    for sign in said.replace("〇", "零"):
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = HAN_DIGITS[sign]
    return total + digit
