"""How much of the documents that people send along becomes part of their question: what the model's window bears."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.domain import ChatMessage, ModelCard, QuotedMessage, TextFile, UnseenFile, WhyUnread
from bot.engine.answer_policy import UNKNOWN_CONTEXT_TOKENS, AnswerPolicy
from bot.engine.catalog import Catalog, tidy_name
from bot.engine.selection import ModelSelector
from bot.errors import BotError

# Of the window less the answer; the rest is for the question's own words and for what an estimate is off.
DOCUMENTS_SHARE = 0.7
# Bytes a token, on the low side: of plain English, and of all other letters.
ASCII_BYTES, OTHER_BYTES = 3.0, 1.5
_MARK = re.compile(r"^\[((?:page|slide) \d+)[^\]\n]*\]$", re.MULTILINE)
Part: TypeAlias = TextFile | QuotedMessage


class FileBudget:
    """Cuts documents to what the model that is to answer can read."""

    def __init__(self, *, selector: ModelSelector, catalog: Catalog, answer_policy: AnswerPolicy) -> None:
        self._selector = selector
        self._catalog = catalog
        self.answer_policy = answer_policy

    async def fitted(self, message: ChatMessage) -> ChatMessage:
        """Return the message with as much of its documents as fits; what was left out stands among the unseen."""
        if not _documents(message):
            return message
        return fitted(message, budget_tokens=await self._budget_tokens(message))

    async def _budget_tokens(self, message: ChatMessage) -> int:
        """Return what the documents may take; where no model can be asked for, what the smallest may."""
        policy = self.answer_policy
        try:
            cards = await self._cards(message)
        except BotError:
            return int(min(UNKNOWN_CONTEXT_TOKENS, policy.context_tokens) / 2 * DOCUMENTS_SHARE)
        return int(min(policy.context_of(card) - policy.answer_of(card) for card in cards) * DOCUMENTS_SHARE)

    async def _cards(self, message: ChatMessage) -> Sequence[ModelCard]:
        """Return the models that are to read the message: several where it compares them."""
        if message.compares:
            return [await self._catalog.require(tidy_name(name)) for name in message.compares]
        return [(await self._selector.select(message.address, message.person.id)).card]


def fitted(message: ChatMessage, *, budget_tokens: int) -> ChatMessage:
    """Cut the documents of a message to a budget: short ones stay whole, long ones share what is left."""
    documents = _documents(message)
    shares = shared_out([_tokens(each.text) for each in documents], budget_tokens)
    kept = [cut_to(each, budget_tokens=share) for each, share in zip(documents, shares, strict=True)]
    cut = (UnseenFile(_name(each), WhyUnread.CUT, last_page(each.text)).written() for each in kept if each.is_cut)
    left = iter(kept)
    files = [next(left) if each.is_document else each for each in message.files]
    quotes = [next(left) if each.is_document else each for each in message.quotes]
    return replace(
        message,
        files=tuple(each for each in files if isinstance(each, TextFile)),
        quotes=tuple(each for each in quotes if isinstance(each, QuotedMessage)),
        unseen=(*message.unseen, *cut),
    )


def shared_out(wanted: Sequence[int], most: int) -> list[int]:
    """Return how much each gets: the smallest first what it wants, then an equal part of what is left."""
    shares, left = [0] * len(wanted), most
    for place, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        shares[index] = min(wanted[index], left // (len(wanted) - place))
        left -= shares[index]
    return shares


def cut_to(document: Part, *, budget_tokens: int) -> Part:
    """Cut a document's text at the end of a line, or of a word where the line is long."""
    if _tokens(document.text) <= budget_tokens:
        return document
    begin, end = 0, len(document.text)
    while begin < end:
        middle = (begin + end + 1) // 2
        begin, end = (middle, end) if _tokens(document.text[:middle]) <= budget_tokens else (begin, middle - 1)
    whole = document.text[:begin]
    for at in (whole.rfind("\n"), whole.rfind(" ")):
        if at > begin * 3 // 4:
            whole = whole[:at]
            break
    return replace(document, text=without_last_mark(whole.rstrip()), is_cut=True)


def last_page(text: str) -> str:
    """Return the last page or slide of which something stands in a text, "" where none is marked."""
    marks = _MARK.findall(text)
    return marks[-1] if marks else ""


def without_last_mark(text: str) -> str:
    """Leave out a mark that nothing follows."""
    line = text[text.rfind("\n") + 1 :]
    return text[: -len(line)].rstrip() if line and _MARK.fullmatch(line) else text


def _tokens(text: str) -> int:
    size_bytes = len(text.encode(errors="replace"))
    others = size_bytes - sum(map(str.isascii, text))
    return int((size_bytes - others) / ASCII_BYTES + others / OTHER_BYTES) + 1


def _name(document: Part) -> str:
    return document.name if isinstance(document, TextFile) else document.file


def _documents(message: ChatMessage) -> list[Part]:
    files = [each for each in message.files if each.is_document]
    return [*files, *(each for each in message.quotes if each.is_document)]
