"""Definitions: the sentences of a lesson that say what something is, and what it is that they define. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import Passage
from bot.lessons.answers.sentences import sentences
from bot.lessons.answers.units import QuotableUnit, UnitKind, units
from bot.lessons.language.exercises import is_exercise
from bot.lessons.language.stop_words import binds, content
from bot.lessons.language.words import folded, is_wide, words

BLANK = "…"
TERM_WORDS, TERM_CHARS, WIDE_TERM_CHARS = 5, 40, 14
CLUE_CHARS = range(30, 301)
FEWEST_WORDS = 5

# How a language says that something is something, up to the word that shows it is a definition that follows.
_IS: Mapping[str, str] = {
    "en": r"(?:is|are) (?:an?|the|any|when|how)\b|means\b|refers to\b|stands for\b|denotes\b",
    "es": r"(?:es|son) (?:una?|unos|unas|el|la|los|las|cualquier|cuando)\b|significa\b|se refiere a\b",
    "pt": r"(?:é|são) (?:uma?|uns|umas|o|a|os|as|qualquer|quando)\b|significa\b|refere-se a\b",
    "fr": r"(?:est|sont) (?:une?|des|le|la|les|l['’])|signifie\b|désigne\b",
    "de": r"(?:ist|sind) (?:eine?|der|die|das)\b|bedeutet\b|bezeichnet\b",
    "it": r"(?:è|sono) (?:un|una|uno|il|lo|la|i|gli|le)\b|(?:è|sono) (?:un|l)['’]|significa\b|indica\b",
    "ru": r"[—–-] это\b|это\b|означает\b",
    "he": r"(?:הוא|היא|הם|הן|פירושו|פירושה)(?!\w)(?! (?:ל\w|בלתי|לא))",
    "ar": r"(?:هو|هي|هم|يعني|تعني)(?!\w)",
    "zh": r"(?:是指|是一|指的是|是用)",
    "ja": r"(?:とは)",
}
# "**Term**: a tower that has a lamp": the item says at once what kind of thing it is, before any verb of its own.
_KIND: Mapping[str, str] = {
    "en": (
        r"(?:(?:an?|any) (?:[\w-]+ ){1,4}?|the (?:[\w-]+ ){1,2}?)"
        r"(?:that|which|who|whose|of|for|where|in which|used|made)\b"
    ),
    "es": r"una? (?:[\w-]+ ){1,3}?(?:que|para|donde)\b",
    "pt": r"uma? (?:[\w-]+ ){1,3}?(?:que|para|onde)\b",
    "fr": r"une? (?:[\w-]+ ){1,3}?(?:qui|que|pour|où)\b",
    "de": r"eine? (?:[\w-]+ ){0,2}?[\w-]+(?:, (?:der|die|das)| von| für)\b",
    "it": r"un[ao]? (?:[\w-]+ ){1,3}?(?:che|per|dove)\b",
}
# What is only praised is not defined.
_PRAISED = re.compile(
    r"\b(?:an?|the|una?|uma?|une?) (?:very |most |more )?(?:critical|crucial|important|key|core|essential|vital"
    r"|fascinating|great|good|powerful|popular|common|major|big|huge|first|next|last|same|best|only|main|other"
    r"|importante|clave|crucial|esencial|chave|essencial|grande|important|essentiel)\b"
    r"|(?<!\w)(?:קריטי|חשוב|חיוני|היבט|מרכיב|أساسي|جانب|جوهر|важн|ключев|重要|关键|重要な)",
    re.IGNORECASE,
)
_PRAISED_WITHIN = 40
_INDEFINITE = re.compile(r"^(?:an?|una?|uma?|une|eine?|uno)\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|el|la|los|las|o|os|as|le|les|der|die|das|il|lo|gli)\s+", re.IGNORECASE)
_ITEM = re.compile(r"^(?:[-*+]|\d{1,3}[.)])?\s*\*\*(?P<term>[^*]+?)[:：]?\*\*\s*[:：–—-]\s*(?P<clue>.+)$")
# Labels of notes, and what introduces no term.
_LABELS = frozenset({
    "answer", "aside", "attention", "caution", "danger", "definition", "example", "examples", "exercise", "fact", "faq",
    "goal", "hint", "important", "info", "key", "nb", "note", "notes", "objective", "optional", "output", "pro",
    "prompt", "question", "quiz", "remember", "result", "scenario", "solution", "step", "summary", "takeaway", "task",
    "tip", "tips", "todo", "warning", "הערה", "דוגמה", "טיפ", "חשוב", "אזהרה", "nota", "ejemplo", "consejo", "exemplo",
    "dica", "remarque", "exemple", "hinweis", "beispiel", "примечание", "пример", "ملاحظة", "مثال", "注意", "注", "例",
    "提示",
})  # fmt: skip
# What is left of code, links, formulas and pages.
_LEFTOVER = re.compile(r"[`{}<>|$\\\[\]_#=]|https?:|\w\(\)|\.\w{2,4}\b(?=/)|🖼|!\[")
# What such a sentence leans on stands somewhere else.
_LEANS = re.compile(
    r"\b(?:above|below|following|previous|earlier|listing|figure|chapter|section|lesson|here|we|we'll|let's|us|our|i"
    r"|you'll|your|this|that's|these|it)\b|(?<!\w)(?:כאן|להלן|לעיל|השיעור|נראה|הזה|הזאת|האלה)(?!\w)|以下|上述|本课|この",
    re.IGNORECASE,
)
_LEANS_WITHIN = 60
_ENDS = re.compile(r"[.。।!！]$")
_BULLET = re.compile(r"^(?:[-*+]|\d{1,3}[.)])\s+")
_MARKS = re.compile(r"\*+")
_AROUND = " .,:-–—•·"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a sentence of a passage defines: `clue` is the sentence with a blank for the term, `proof` as it stands."""

    id: str
    term: str
    clue: str
    proof: str
    passage: Passage


def definitions(passages: Sequence[Passage]) -> list[Definition]:
    """Return what a document defines, in reading order, each term once."""
    found: dict[str, Definition] = {}
    for passage in passages:
        if is_exercise(passage.chunk.heading):
            continue
        for order, unit in enumerate(units(passage.chunk.text)):
            for one in _defined(unit, passage, f"{passage.id}.{order}"):
                found.setdefault(folded(one.term), one)
    return list(found.values())


def _defined(unit: QuotableUnit, passage: Passage, id_: str) -> Iterator[Definition]:
    language = passage.chunk.language.split("-")[0].lower()
    if unit.kind is UnitKind.SENTENCE:
        found = _in_sentence(unit.text, passage.chunk.heading, language)
    elif unit.kind is UnitKind.ITEM:
        found = _in_item(unit.text, language)
    else:
        found = None
    if found is None:
        return
    term, clue = found
    if _is_term(term, language) and _is_clue(clue):
        yield Definition(id_, term, clue, _MARKS.sub("", _BULLET.sub("", unit.text)), passage)


def _in_sentence(sentence: str, heading: str, language: str) -> tuple[str, str] | None:
    """Return what "X is a …" defines: X in bold, with an indefinite article, or the section's own subject."""
    pattern = _IS.get(language)
    found = re.match(rf"(?P<term>.{{1,60}}?)\s*(?P<is>{pattern})", sentence, re.IGNORECASE) if pattern else None
    if found is None or not _ENDS.search(_MARKS.sub("", sentence).strip("\"'”’)")):
        return None
    said = found["term"].strip()
    term = _ARTICLE.sub("", _INDEFINITE.sub("", _MARKS.sub("", said), count=1), count=1).strip(_AROUND)
    is_bold = said.count("**") == len("ab") and said.rstrip().endswith("**")
    is_named = is_bold or bool(_INDEFINITE.match(said)) or _is_in(term, heading)
    rest = _blanked(_MARKS.sub("", sentence[found.start("is") :]), term)
    return (term, f"{BLANK} {rest}") if is_named else None


def _in_item(item: str, language: str) -> tuple[str, str] | None:
    """Return what "- **X**: a …" or "- **X** is a …" defines."""
    found = _ITEM.match(item)
    kind = _KIND.get(language)
    if found and kind and re.match(kind, found["clue"], re.IGNORECASE):
        term = _MARKS.sub("", found["term"]).strip(_AROUND)
        return term, f"{BLANK}: {_blanked(sentences(_MARKS.sub('', found['clue']))[0], term)}"
    bare = _BULLET.sub("", item)
    return _in_sentence(sentences(bare)[0], "", language) if bare.startswith("**") else None


def _blanked(text: str, term: str) -> str:
    return re.sub(re.escape(term), BLANK, text.strip(), flags=re.IGNORECASE)


def _is_in(term: str, heading: str) -> bool:
    """Whether a heading is about a term."""
    said = words(term)
    return bool(said) and f" {' '.join(said)} " in f" {' '.join(words(heading))} "


def _is_term(term: str, language: str) -> bool:
    said = words(term)
    if (
        not said
        or _LEFTOVER.search(term)
        or re.search(r"[.,;:?!：？]", term)
        or {word for word in (said[0], said[-1]) if binds(word, language)}
    ):
        return False
    if not _LABELS.isdisjoint(said) or all(word.isdecimal() for word in said) or not content(term, language):
        return False
    is_short = len(term) <= WIDE_TERM_CHARS if any(map(is_wide, said)) else len(said) <= TERM_WORDS
    return is_short and len(term) <= TERM_CHARS


def _is_clue(clue: str) -> bool:
    said = words(clue)
    is_whole = len(said) >= FEWEST_WORDS or any(map(is_wide, said))
    return (
        is_whole
        and len(clue) in CLUE_CHARS
        and clue.count(BLANK) == 1
        and not clue.rstrip().endswith((":", "：", "?", "？"))
        and not _LEFTOVER.search(clue)
        and not _LEANS.search(clue[:_LEANS_WITHIN])
        and not _PRAISED.search(clue[:_PRAISED_WITHIN])
    )
