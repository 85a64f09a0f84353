"""Pictures of a question: who sees them, and what is said where nobody does. Pure.

They stay with the open turn, in memory. The stored text names them and is the same for a model that sees them and one
that does not, so that the prompt stays the same from turn to turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain import ChatMessage, ModelCard, Notice, Picture, PromptMessage

# Models take 256 (Gemma 3) to 1,280 (Qwen 2.5 VL) for a picture; where the guess is wrong, the host counts.
PICTURE_TOKENS = 1_000
NAMED = "[Sent along: {pictures}. If you are shown no picture here, say so, and guess nothing of what is in it.]"
_NAMED = re.compile(re.escape(NAMED).replace(re.escape("{pictures}"), r"([^\n]+)") + r"\Z")


def as_named(pictures: Sequence[Picture]) -> str:
    """Return what the stored text says of pictures; "" where there are none."""
    return NAMED.format(pictures=", ".join(each.name for each in pictures)) if pictures else ""


def with_pictures(question: PromptMessage, message: ChatMessage, card: ModelCard) -> PromptMessage:
    """Return a question with its pictures, where the model sees them."""
    if not message.pictures or not card.can_see:
        return question
    return replace(question, images=tuple(each.content for each in message.pictures))


def picture_tokens(question: PromptMessage) -> int:
    """Return about how many tokens the pictures of a question take."""
    return len(question.images) * PICTURE_TOKENS


def sight_notices(message: ChatMessage, card: ModelCard, installed: Iterable[ModelCard]) -> list[Notice]:
    """Say that a model does not see the pictures of a message, and name an installed one that does."""
    if not message.pictures or card.can_see:
        return []
    told = {"files": ", ".join(each.name for each in message.pictures), "model": card.name}
    if instead := sighted(installed):
        return [Notice("notice.no_vision", {**told, "instead": instead})]
    return [Notice("notice.no_vision_here", told)]


def lost_pictures(message: ChatMessage) -> list[Notice]:
    """Say that pictures are not there any more: their turn was taken over, or its answer is made again."""
    named = _NAMED.search(message.text)
    return [Notice("notice.pictures_lost", {"files": named[1]})] if named and not message.pictures else []


def sighted(installed: Iterable[ModelCard]) -> str:
    """Return the largest installed model that sees pictures and is in the house; "" where none does."""
    seeing = [card for card in installed if card.can_see and card.can_chat and not card.is_remote]
    return max(seeing, key=lambda card: card.size_bytes).name if seeing else ""
