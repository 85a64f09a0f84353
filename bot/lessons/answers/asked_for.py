"""What kind of answer a question asks for, and how well a sentence is one: a definition, an amount, a list. Pure."""

from __future__ import annotations

import re

from bot.lessons.language.amounts import amounts
from bot.lessons.language.stop_words import content, language_asked
from bot.lessons.language.words import folded, is_wide, words

QUANTITY = re.compile(
    r"\bhow (?:much|many|long|big|large|fast)\b|\b(?:price|cost|salary|score)\b|כמה|cuánt|\bكم\b|多少|几"
    r"|多[长久高重大远深快厚宽]|いくら|いくつ|何[個人円]|combien|wie viele?|сколько|\bquant[oa]s?\b|कितन",
    re.IGNORECASE,
)
"""A question with one of these asks for an amount."""

_DEFINITION = re.compile(
    r"^\W*(?:and |so |ok |well )?(?:what(?:'s|’s|s)? (?:is |are |does )?|define |explain |who is )"
    r"|^\W*(?:מה זה|מהו|מהי|מהם|מהן|מה פירוש)"
    r"|^\W*(?:qué (?:es|son|significa)|o que (?:é|são)|qu'est-ce que?|was (?:ist|sind|bedeutet))"
    r"|^\W*(?:что такое|ما (?:هو|هي|هم))"
    r"|什么是|是什么|とは|क्या (?:है|हैं)",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:which|what) (?:\w+ ){0,3}(?:are|kinds|types|steps|ways|parts|stages|reasons|benefits|options|components)\b"
    r"|\b(?:list|name|enumerate)\b|\b(?:which|what) (?:two|three|four|five|six|seven|eight|nine|ten|\d)\b"
    r"|אילו|אלו|מהם|מהן"
    r"|cuáles|quelles?|welche|quais|какие|哪些|有哪|どのような|何がありますか|ما هي",
    re.IGNORECASE,
)
_COPULA = re.compile(
    r"\b(?:is|are|was|means?|refers? to|stands? for|describes?|denotes?"
    r"|es|son|significa|é|são|est|sont|désigne|ist|sind|bedeutet"
    r"|это|означает)\b|(?<!\w)(?:הוא|היא|הם|הן|זה|זוהי|פירושו|هو|هي)(?!\w)|[:—–是]|とは|指|है|हैं"
)
_SUBJECT_WITHIN = 6

DEFINES, TELLS_AMOUNT, ASKS_BACK = 0.35, 0.3, 0.45
"""What it counts for a sentence to define what is asked for, to have a number where one is, and to be a question."""


def asks_list(question: str) -> bool:
    """Whether a question asks for several things."""
    return _LIST.search(question) is not None


def asks_meaning(question: str) -> bool:
    """Whether a question asks what something is."""
    return _DEFINITION.search(question) is not None


def fitness(question: str, sentence: str) -> float:
    """Return how much better or worse a sentence is for being, or not being, of the kind that is asked for."""
    fit = 0.0
    if sentence.rstrip(" *_\"'”)").endswith(("?", "？", "؟")):
        fit -= ASKS_BACK
    if QUANTITY.search(question) and amounts(re.sub(r"^\s*\d+[.)]", "", sentence)):
        fit += TELLS_AMOUNT
    if _DEFINITION.search(question) and not QUANTITY.search(question) and defines(question, sentence):
        fit += DEFINES
    return fit


def defines(question: str, sentence: str) -> bool:
    """Whether a sentence begins with what is asked for and goes on to say what it is."""
    subject = content(_DEFINITION.sub(" ", question), language_asked(question, ()))
    said = words(sentence)[:_SUBJECT_WITHIN]
    begins = "".join(said)
    if not subject or not all(_is_in(word, said, begins) for word in subject):
        return False
    return _COPULA.search(folded(sentence)) is not None


def _is_in(word: str, said: list[str], begins: str) -> bool:
    if is_wide(word):
        return word in begins
    stem = word[: max(3, len(word) - 2)]
    return any(one.startswith(stem) for one in said)
