"""What a question asks for by its kind, such as a maker or a price, and no passage tells of its subject. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain import Passage
from bot.lessons.answers.asked_kinds import asked_kinds
from bot.lessons.answers.held_words import Form, held_share, looked_for_by, said_in, with_text
from bot.lessons.language.words import folded
from bot.lessons.search.query import points_back

LOOKED_AT = 4
# Sentences that have so much of the subject as the one that has most of it are about it.
AS_NEAR = 0.5


def is_untold(asked: str, previous: str, passages: Sequence[Passage], *, language: str) -> bool:
    """Whether a kind of fact is asked for that none of the passages tells of the subject.

    `previous` is the question before, whose subject is taken where this one names none.
    """
    plain, given = folded(asked), folded(f"{previous} {asked}")
    for kind in asked_kinds():
        how = kind.asked_in(language)
        if how.search(plain):
            subject = _subject(how.sub(" ", plain), language) or _subject(folded(previous), language)
            near = _near(subject, passages) if kind.is_near else _everything(passages)
            if not any(kind.is_told(sentence, language=spoken, given=given) for sentence, spoken in near):
                return True
    return False


def _subject(rest: str, language: str) -> Sequence[Form]:
    return looked_for_by(rest, language, or_all=False)


def _everything(passages: Sequence[Passage]) -> Iterator[tuple[str, str]]:
    """Yield all sentences and headings, with their language."""
    for passage in passages[:LOOKED_AT]:
        for text in (*passage.chunk.heading_path, *said_in(passage.chunk.text)):
            yield text, passage.chunk.language


def _near(subject: Sequence[Form], passages: Sequence[Passage]) -> Iterator[tuple[str, str]]:
    """Yield the sentences that have most of a subject, and what goes on from them; all where none has any of it."""
    said = [(passage, said_in(passage.chunk.text)) for passage in passages[:LOOKED_AT]]
    shares = [[held_share(subject, [with_text(passage, text)]) for text in texts] for passage, texts in said]
    most = max((share for each in shares for share in each), default=0.0)
    for (passage, texts), of_each in zip(said, shares, strict=True):
        is_near = False
        for text, share in zip(texts, of_each, strict=True):
            is_near = share >= AS_NEAR * most or (is_near and points_back(text))
            if is_near:
                yield text, passage.chunk.language
