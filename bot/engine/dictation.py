"""Dictation: the recordings of a question are written down by a model that hears, before the question is answered."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

import structlog

from bot.domain import (
    ChatMessage,
    Completion,
    Doing,
    FinishReason,
    ModelCard,
    ModelEvent,
    Notice,
    QuotedMessage,
    Recording,
    ReplyPart,
    SpeechRequest,
    SpokenWords,
    State,
    TextFile,
    Turn,
    account_of,
    is_blank,
)
from bot.engine.catalog import Catalog
from bot.engine.file_budget import FileBudget
from bot.engine.generation import Writing
from bot.engine.prompt import clean_text
from bot.engine.recordings import as_not_heard, as_written, names_of, not_heard_in, shown, words_of
from bot.engine.stored_text import may_quote, quote_block, told_of, unseen_notices, without_notes
from bot.engine.turn_context import TurnContext
from bot.engine.work_book import WorkBook
from bot.errors import BotError, UserError
from bot.ports import ModelBackend, Transcriber, Turns
from bot.reasoning import without_reasoning

# Of one piece of a recording, which is half a minute: nobody speaks faster, in whatever language.
MOST_TOKENS = 768
# Between two pieces.
GAP = " "
log = structlog.get_logger(__name__)


class Dictation:
    """Has recordings written down."""

    def __init__(
        self,
        backend: ModelBackend,
        turns: Turns,
        catalog: Catalog,
        file_budget: FileBudget,
        *,
        worker: str,
        work_book: WorkBook,
    ) -> None:
        self._backend = backend
        self._turns = turns
        self._catalog = catalog
        self._file_budget = file_budget
        self._answer_policy = file_budget.answer_policy
        self._worker = worker
        self._work_book = work_book

    def is_needed(self, turn: Turn) -> bool:
        """Whether a turn's question has recordings, or had some that are not there any more."""
        return bool(turn.message.recordings or not_heard_in(turn.message.text))

    async def parts(self, context: TurnContext, writing: Writing) -> AsyncGenerator[ReplyPart, None]:
        """Yield what a person reads meanwhile; the context's turn has the words afterwards, as far as they were heard.

        Raises:
            BotError: they were not, and the question has no others.
        """
        message = context.turn.message
        has_words = bool(own_words(message.text))
        if not message.recordings:
            if not has_words:
                raise UserError("error.voice_lost")
            yield Notice("notice.voice_lost", {"files": not_heard_in(message.text)})
            return
        try:
            card = await self._listener()
            yield State(Doing.LISTENING, {"model": card.name})
            said, is_elsewhere = [""] * len(message.recordings), card.is_remote
            async with writing.generation(self._written(card, context.turn, said, writing.host)) as events:
                async for event in events:
                    is_elsewhere = is_elsewhere or (isinstance(event, Completion) and event.is_remote)
            if not any(said) and not writing.is_stopped:
                raise UserError("error.nothing_heard", model=card.name)
        except BotError as error:
            if not has_words:
                raise
            yield Notice("notice.voice_unheard", {"files": names_of(message.recordings)})
            yield Notice(error.key, error.parameters)
            return
        if not writing.is_stopped:
            if is_elsewhere:
                yield Notice("notice.remote", {"model": card.name})
            async for part in self._kept(context, card, said):
                yield part

    async def _listener(self) -> ModelCard:
        """Return the model that writes down: the one that was named, else one that needs no load, else the smallest.

        One that runs elsewhere only where there is no other: a recording is a person's voice.

        Raises:
            BotError: there is none.
        """
        if wanted := self._answer_policy.voice_model:
            if (named := await self._catalog.find(wanted)) is None:
                raise UserError("error.voice_model_missing", model=wanted)
            return named
        hearing = [card for card in await self._catalog.cards() if card.can_hear]
        if not hearing:
            raise UserError("error.nobody_hears")
        return min(hearing, key=lambda card: (card.is_remote, not card.is_loaded, card.size_bytes, card.name))

    async def _written(
        self, card: ModelCard, turn: Turn, said: list[str], host: str
    ) -> AsyncGenerator[ModelEvent, None]:
        """Put what is said in each recording into `said`; yield whenever something was written."""
        if not isinstance(self._backend, Transcriber):
            raise UserError("error.nobody_hears")
        account = account_of(turn.message, turn.id)
        for index, recording in enumerate(turn.message.recordings):
            for piece in recording.sound.pieces:
                asked = self._request_of(card, piece, host)
                heard = _heard(self._backend, asked, said, index)
                async with aclosing(self._work_book.metered(heard, asked, card=card, account=account)) as events:
                    async for event in events:
                        yield event

    def _request_of(self, card: ModelCard, piece: bytes, host: str) -> SpeechRequest:
        return SpeechRequest(
            model=card.name,
            sound=piece,
            context_tokens=self._answer_policy.context_of(card),
            answer_tokens=min(MOST_TOKENS, self._answer_policy.answer_of(card)),
            host=host,
        )

    async def _kept(
        self, context: TurnContext, card: ModelCard, said: Sequence[str]
    ) -> AsyncGenerator[ReplyPart, None]:
        """Store what was heard with the question, as much of it as the model that answers can read."""
        message = context.turn.message
        both = list(zip(message.recordings, said, strict=True))
        silent = [recording for recording, words in both if not words]
        heard = [recording for recording, words in both if words]
        fitted = await self._file_budget.fitted(with_words(message, both))
        quotes = [replace(each, text=quote_block(each)) for each in fitted.quotes]
        own = words_of(fitted.files, is_alone=not own_words(message.text))
        text = await self._turns.write_down(
            context.turn.id,
            worker=self._worker,
            note=as_not_heard(message.recordings),
            words="\n\n".join(filter(None, [own, told_of(fitted.unseen), as_written(heard), as_not_heard(silent)])),
            quotes=quotes,
        )
        if text is None:
            raise UserError("error.answer_gone")
        theirs = [each for each, block in zip(fitted.quotes, quotes, strict=True) if block.text in text]
        if words := shown([*theirs, *fitted.files]):
            yield SpokenWords(words)
        if silent:
            yield Notice("notice.voice_silent", {"files": names_of(silent), "model": card.name})
        for notice in unseen_notices(fitted.unseen):
            yield notice
        log.info("voice.written_down", turn=context.turn.id, model=card.name, recordings=len(heard))
        context.turn = replace(context.turn, message=replace(message, text=text, recordings=()))


async def _heard(
    backend: Transcriber, asked: SpeechRequest, said: list[str], index: int
) -> AsyncGenerator[ModelEvent, None]:
    """Put what is said in a piece behind what was said in its recording before; yield the end of the completion."""
    written = await backend.transcribe(asked)
    said[index] = GAP.join(filter(None, [said[index], tidy(written.text)]))
    yield written.completion or Completion(reason=FinishReason.STOP, model=asked.model, is_remote=written.is_remote)


def tidy(written: str) -> str:
    """Return what a model wrote down, without what is no part of it; "" for nothing to be read."""
    words = clean_text(without_reasoning(written)).strip()
    return "" if is_blank(words) else words


def own_words(text: str) -> str:
    """Return what a stored text says besides notes and others' words."""
    return "\n\n".join(block for block in without_notes(text).split("\n\n") if not may_quote(block))


def with_words(message: ChatMessage, said: Sequence[tuple[Recording, str]]) -> ChatMessage:
    """Return what was said as documents of a message, to be cut as those are: its author's, or quotes of others."""
    own = [TextFile(each.name, words, is_document=True) for each, words in said if words and not each.is_others]
    quotes = [
        QuotedMessage(words, each.author, each.author_id, file=each.name, is_document=True)
        for each, words in said
        if words and each.is_others
    ]
    return replace(message, files=tuple(own), quotes=tuple(quotes), unseen=())
