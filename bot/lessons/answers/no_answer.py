"""No answer: what a model says where it finds none in the passages, as it was told to or in words of its own. Pure."""

from __future__ import annotations

import re

from bot.lessons.answers.negations import denies_anything
from bot.lessons.language.telling import listed
from bot.lessons.language.word_forms import are_one
from bot.lessons.language.words import words

NO_ANSWER = "NO ANSWER"
"""What a model is asked to write where the passages do not answer the question."""

_AROUND = " *_`\"'“”«»#>-"
_WIDE = re.compile("(?:段落|文中|文本|课文|原文|文章|資料|资料).*(?:提到|提及|说明|回答|信息|提供|書かれ|記載)")


def is_refusal(text: str) -> bool:
    """Whether a sentence says that the passages have no answer."""
    return text.strip(_AROUND).upper().startswith(NO_ANSWER) or (denies_anything(text) and _is_about_passages(text))


def _is_about_passages(text: str) -> bool:
    said = words(text)
    has_place, has_verb = (
        any(are_one(word, each) for word in said for each in listed(name)) for name in ("passages", "tellings")
    )
    return (has_place and has_verb) or _WIDE.search(text) is not None
