"""Amounts: numbers as digits and as words. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.lessons.language.words import folded, is_wide, words

_FROM = 2
LARGE = {
    "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "hundred": "100", "thousand": "1000",
    "million": "1000000", "billion": "1000000000", "dozen": "12", "twice": "2", "double": "2", "triple": "3",
}  # fmt: skip
_WIDE_DIGITS = {letter: str(value) for value, letter in enumerate("一二三四五六七八九十", start=1)} | {
    "两": "2",
    "両": "2",
}
# A wide numeral counts where a counter stands behind it: "三个", "二つ". Alone it is a part of other words.
_WIDE = re.compile(
    "([一二三四五六七八九十两両])"
    "(?=[个個種种つ人本枚台年月日次回条條项項層层元块位部门門类類点點倍毫厘米公克斤分秒小时時岁歳升吨度颗瓣片只根勺碗杯盒])"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_JOINED = re.compile("^[והבלכמש](?=[\u05d0-\u05ea]{2})|^(?:[وبلف]|ال)(?=[\u0621-\u064a]{3})")


@cache
def truth() -> Mapping[str, str]:
    """Return the lists of words that make a sentence true or false, by what they are."""
    lists: dict[str, str] = tomllib.loads(files("bot.lessons.language").joinpath("truth.toml").read_text("utf-8"))
    return lists


@cache
def _values() -> dict[str, str]:
    spelt = {
        word: str(value)
        for line in truth()["numbers"].strip().split("\n")
        for value, said in enumerate(line.split(), start=_FROM)
        for word in words(said)
    }
    tens = {
        part: str(10 * value)
        for line in truth()["tens"].strip().split("\n")
        for value, said in enumerate(line.split(), start=_FROM)
        for form in said.split("/")
        for part in words(form)
    }
    return spelt | tens | LARGE


def amounts(text: str) -> set[str]:
    """Return the numbers of a text in digits, those it spells among them."""
    plain = folded(text)
    found = set(_DIGITS.findall(plain)) | {_WIDE_DIGITS[letter] for letter in _WIDE.findall(plain)}
    for word in words(text):
        if not is_wide(word):
            value = _values().get(word) or _values().get(_JOINED.sub("", word))
            found |= {value} if value else set()
    return found
