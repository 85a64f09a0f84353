"""Messages in a language that a model surely does not know: they are not put to it, and not kept in its prompts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import ModelCard, Notice, Role, StoredMessage
from bot.ports import LanguageTeller

ENGLISH_ONLY = frozenset({"en"})


def knows(card: ModelCard, text: str, teller: LanguageTeller | None) -> bool:
    """Whether a model may know the language of a text: not where both are told and they differ."""
    unknown = card.probe.unknown if card.probe else frozenset()
    if teller is None or not (card.languages or unknown):
        return True
    language = teller.language_of(text)
    return not language or (language in card.languages if card.languages else language not in unknown)


def known_of(card: ModelCard) -> frozenset[str]:
    """Return the languages that a model was measured to know."""
    return frozenset(card.probe.tallies) - card.probe.unknown if card.probe else frozenset()


def not_understood(card: ModelCard, text: str, teller: LanguageTeller | None) -> Notice | None:
    """Return what is said, in the text's own language, in place of an answer; None where the model may know it."""
    if teller is None or knows(card, text, teller):
        return None
    languages = card.languages or known_of(card)
    key = "notice.english_only" if languages == ENGLISH_ONLY else "notice.other_languages"
    known = {"model": card.name, "languages": ", ".join(sorted(languages))}
    return Notice(key, known, teller.language_of(text))


def understood(
    history: Sequence[StoredMessage], card: ModelCard, teller: LanguageTeller | None
) -> Sequence[StoredMessage]:
    """Return a history without the exchanges in languages the model does not know: it would go on in them."""
    kept: list[StoredMessage] = []
    skips_answer = False
    for message in history:
        is_answer, is_known = message.role is Role.ASSISTANT, knows(card, message.text, teller)
        if is_answer and (skips_answer or not is_known):
            if not skips_answer and kept and kept[-1].role is Role.USER:
                kept.pop()
        elif is_known:
            kept.append(message)
        skips_answer = not is_answer and not is_known
    return kept
