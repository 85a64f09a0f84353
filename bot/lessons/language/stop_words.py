"""Stop words: which language a question is in, told by the words that ask and join, and what is left without them.

They are kept in stop_words.toml, by language. A question in another language keeps all its words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.lessons.language.languages import ASIDE, COUNTED, WRITTEN
from bot.lessons.language.words import is_wide, words

ENGLISH = "en"
# Two letters of another script say more than many Latin ones: names and terms are Latin in every language.
TELLING = 2


# So many words of a language in Latin letters tell it, if English has not more than half as many.
SURELY, OVER_ENGLISH = 2, 2
SPANISH = "es"
_TURNED = re.compile("[¿¡]")
# They stand in names, whatever language these are named in.
IN_NAMES = frozenset(words("de la le el los las du des del di da do dos van von der den het lo al y e"))
# What a question begins with, and no name does: one such word tells its language.
LEAST_ASKED = 2
_ASKING = {
    language: frozenset(words(listed))
    for language, listed in {
        "es": "quién quiénes qué cuál cuáles cuándo dónde cómo cuánto cuánta cuántos cuántas",
        "fr": "qui quoi quel quelle quels quelles quand où comment pourquoi combien",
        "de": "wer wen wem welche welcher welches welchen wann wo wie warum wieso wieviel wozu",
        "pt": "quem qual quais onde quando quanto quantos quantas",
        "it": "chi quale quali dove quando quanto quanti quante perché cosa",
        "nl": "wie welke wanneer waar hoe waarom hoeveel",
        "pl": "kto który która które kiedy gdzie jak dlaczego ile",
        "sv": "vem vilken vilket vilka hur varför",
    }.items()
}
# A letter of a formula is no word: two are, and a wide letter says as much as half a word.
_WORD = re.compile(r"[^\W\d_]{2}")
WIDE = 0.5


@dataclass(frozen=True, slots=True)
class _Binding:
    words: frozenset[str]
    cut: re.Pattern[str] | None


@cache
def _bindings() -> dict[str, _Binding]:
    lists = tomllib.loads(files("bot.lessons.language").joinpath("stop_words.toml").read_text(encoding="utf-8"))
    return {language: _binding(text.split()) for language, text in lists.items()}


def _binding(listed: Sequence[str]) -> _Binding:
    wide = sorted((word for word in listed if is_wide(word)), key=len, reverse=True)
    folded = frozenset(part for word in listed if not is_wide(word) for part in words(word))
    return _Binding(folded, re.compile("|".join(map(re.escape, wide))) if wide else None)


def language_asked(text: str, indexed: Collection[str]) -> str:
    """Return the tag of the indexed language a question is in; where it is in none of them, the likeliest tag.

    A script tells its languages; those in Latin letters are told by their binding words, English where nothing tells.
    """
    counts = {script: len(found.findall(text)) for script, found in COUNTED.items()}
    if counts["Kana"]:
        return _first(("ja",), indexed)
    script = max((one for one in counts if one != "Latin"), key=lambda one: counts[one])
    if counts[script] >= TELLING:
        written = [language for language, scripts in WRITTEN.items() if script in scripts]
        return _first(("zh", "ja") if script == "Han" else written, indexed)
    return _latin(text, indexed)


def language_told(text: str) -> str:
    """Return the tag of the language a text is surely in; "" where too little tells. Code and addresses tell nothing.

    Most words must be written in its script, or the first and a third of them: names and terms are Latin everywhere,
    and an English text may speak of a word in another script.
    """
    prose = ASIDE.sub(" ", text)
    said = [_weighed(word) for word in prose.split()]
    foreign, latin = sum(other for other, _ in said), sum(latin for _, latin in said)
    is_first_foreign = next((other > 0 for other, latin in said if other or latin), False)
    if foreign > latin or (is_first_foreign and 2 * foreign >= latin):
        return language_asked(prose, ())
    return "" if foreign else _surely_latin(prose) or _asking(text)


def _asking(text: str) -> str:
    """Return the language in Latin letters whose asking word a question begins with; "" for English and where none."""
    said = words(text)
    if len(said) < LEAST_ASKED or not text.rstrip().endswith("?") or any(binds(word, ENGLISH) for word in said):
        return ""
    begun = [language for language, asks in _ASKING.items() if said[0] in asks]
    return max(begun, key=lambda language: sum(binds(word, language) for word in said), default="")


def language_spoken(text: str) -> str:
    """Return the tag of the language a text is likeliest in, whatever is indexed."""
    return language_told(text) or language_asked(text, ())


def _weighed(word: str) -> tuple[float, float]:
    """Return what a word counts for other scripts, and what for Latin letters."""
    letters = {script: len(found.findall(word)) for script, found in COUNTED.items()}
    latin, wide = letters.pop("Latin"), letters["Kana"] + letters["Han"]
    if not wide and not _WORD.search(word):
        return 0, 0
    return (max(1, WIDE * wide), 0) if sum(letters.values()) >= latin else (WIDE * wide, 1)


def binds(word: str, language: str) -> bool:
    """Whether a folded word asks or binds in this language."""
    binding = _bindings().get(language.partition("-")[0])
    return binding is not None and word in binding.words


def content(text: str, language: str) -> list[str]:
    """Return the words of a text that do not merely bind, each once; all of them where nothing else is left."""
    binding = _bindings().get(language.partition("-")[0])
    every = list(dict.fromkeys(words(text)))
    if binding is None:
        return every
    spoken = words(binding.cut.sub(" ", text)) if binding.cut else every
    also = _bindings()[ENGLISH].words if binding.cut else frozenset[str]()
    kept = [word for word in dict.fromkeys(spoken) if word not in binding.words and word not in also]
    return kept or every


def _latin(text: str, indexed: Collection[str]) -> str:
    """Tell a language by its binding words; one that several languages share counts less.

    What is surely in a language that is not indexed is in that one, whatever words it shares with those that are.
    """
    told = _surely_latin(text)
    if told and all(tag.partition("-")[0] != told for tag in indexed):
        return told
    said = words(text)
    bindings = _bindings()
    shared = {word: sum(word in one.words for one in bindings.values()) for word in said}
    points = {
        language: sum(1 / shared[word] for word in said if word in bindings[language.partition("-")[0]].words)
        for language in sorted(indexed)
        if language.partition("-")[0] in bindings and language.partition("-")[0] not in WRITTEN
    }
    best = max(points, key=lambda language: (points[language], language == ENGLISH), default=ENGLISH)
    return best if points.get(best) else ENGLISH


def _surely_latin(text: str) -> str:
    said = set(words(text)) - IN_NAMES
    found = {
        language: len(said & binding.words) for language, binding in _bindings().items() if language not in WRITTEN
    }
    if _TURNED.search(text):
        found[SPANISH] += SURELY
    best = max(found, key=lambda language: (found[language], language == ENGLISH))
    if best == ENGLISH:
        return ENGLISH if found[ENGLISH] >= SURELY else ""
    return best if found[best] >= max(SURELY, OVER_ENGLISH * found[ENGLISH]) else ""


def _first(languages: Sequence[str], indexed: Collection[str]) -> str:
    """Return the first of these languages that is indexed, with its region; the first where none is."""
    for language in languages:
        if language in indexed:
            return language
        regional = sorted(tag for tag in indexed if tag.partition("-")[0] == language)
        if regional:
            return regional[0]
    return languages[0]
