"""Stand-ins with behaviour for the engine's ports; each passes the contract suite of what it stands for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from bot.domain import (
    ChatRequest,
    Completion,
    Delta,
    FinishReason,
    ModelCard,
    ModelEvent,
    SpeechRequest,
    Thought,
    Transcript,
)
from bot.errors import BotError, ModelElsewhere, ModelMissing, ModelUnfit, PromptTooLong, UserError
from tests.lab.ollama.script import LabChat, echo
from tests.lab.ollama.tokens import prompt_tokens, tokens
from tests.lab.speech import told

CHATS = frozenset({"completion"})


def card(
    name: str,
    *,
    context_tokens: int = 8192,
    capabilities: frozenset[str] = CHATS,
    parameters: str = "",
    is_loaded: bool = False,
) -> ModelCard:
    """Make the card of a model that chats."""
    return ModelCard(
        name=name,
        size_bytes=98_362_745,
        context_tokens=context_tokens,
        capabilities=capabilities,
        parameters=parameters,
        is_loaded=is_loaded,
    )


@dataclass(frozen=True, slots=True)
class Speech:
    """How one chat goes: thoughts, then the text (None: what the backend would say by itself), token by token.

    After `after` tokens of the text `error` is raised, or, with `holds`, the model is silent until `release()`.
    `load_s` is what the completion says of loading. `by_character`: a token is one character. `reasoning` is told apart
    from the text. `is_remote`: a machine elsewhere makes the answer. `window_tokens` is what the host holds of its own
    accord. `worked_s` is how long the host says that it was at it.
    """

    text: str | None = None
    thoughts: int = 0
    error: BotError | None = None
    holds: bool = False
    after: int = 0
    load_s: float = 0.0
    by_character: bool = False
    reasoning: str = ""
    is_remote: bool = False
    window_tokens: int = 0
    worked_s: float = 0.0


class FakeBackend:
    """A model host in memory. Turn its attributes at any time.

    `down` is raised by every method while it is set. `answer` makes what `say` did not script: by default
    it repeats the question and every fact of the prompt (words like `OWL-4711`), and counts on "count to N".
    `requests` are the chats asked for; `running` those that generate, `most_running` the most at once, `abandoned`
    those that were closed before their end. `hears` makes what is written down of a recording, or the error of that,
    and `recordings` are those that it was asked for.
    """

    def __init__(self, *cards: ModelCard, host: str = "fake", parallel: int = 64) -> None:
        self.cards = {each.name: each for each in cards or (card("smollm2:135m"),)}
        self.answer: Callable[[ChatRequest], str | Speech] = _echo
        self.down: BotError | None = None
        self.hears: Callable[[bytes], str | BotError] = told
        self.requests: list[ChatRequest] = []
        self.recordings: list[SpeechRequest] = []
        self.running = self.most_running = self.abandoned = 0
        self.is_closed = False
        self._host = host
        self._slots = asyncio.Semaphore(parallel)
        self._script: deque[Speech] = deque()
        self._released = asyncio.Event()
        # What its keeper can fetch, and whether it may go on beyond the half of it.
        self.offered: dict[str, ModelCard] = {}
        self.fetching = asyncio.Event()
        self.fetching.set()

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`."""
        return self._host

    def say(self, *speeches: Speech | str) -> None:
        """Script the next chats, in order."""
        self._script.extend(Speech(each) if isinstance(each, str) else each for each in speeches)

    def forget_script(self) -> None:
        """Let the chats to come go as the backend would say by itself."""
        self._script.clear()

    def release(self) -> None:
        """Let chats that are held go on, and those to come not be held at all."""
        self._released.set()

    def install(self, *cards: ModelCard) -> None:
        """Install models."""
        self.cards |= {each.name: each for each in cards}

    def remove(self, name: str) -> None:
        """Remove an installed model."""
        del self.cards[name]

    def unload(self, name: str) -> None:
        """Take a model out of memory."""
        self.cards[name] = replace(self.cards[name], is_loaded=False)

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`."""
        if self.down is not None:
            raise self.down
        return sorted(self.cards.values(), key=lambda each: each.name)

    async def has_loaded(self, model: str) -> bool:
        """See `ports.ModelBackend.has_loaded`."""
        if self.down is not None:
            raise self.down
        return model in self.cards and self.cards[model].is_loaded

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`."""
        self.requests.append(request)
        speech = self._speech(request)
        prompt = self._checked(request)
        async with self._slots:
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            try:
                async with aclosing(self._spoken(request, speech, prompt)) as events:
                    async for event in events:
                        yield event
            except GeneratorExit:
                self.abandoned += 1
                raise
            finally:
                self.running -= 1

    async def transcribe(self, request: SpeechRequest) -> Transcript:
        """See `ports.Transcriber.transcribe`."""
        if self.down is not None:
            raise self.down
        self.recordings.append(request)
        installed = self.cards.get(request.model)
        if installed is None:
            raise ModelMissing(request.model)
        if not installed.can_hear:
            raise ModelUnfit(request.model)
        async with self._slots:
            await asyncio.sleep(0)
            heard = self.hears(request.sound)
        if isinstance(heard, BotError):
            raise heard
        return Transcript(heard, is_remote=installed.is_remote)

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""
        self.is_closed = True

    def _speech(self, request: ChatRequest) -> Speech:
        scripted = self._script.popleft() if self._script else Speech()
        if scripted.text is not None:
            return scripted
        answer = self.answer(request)
        return replace(scripted, text=answer) if isinstance(answer, str) else answer

    def _checked(self, request: ChatRequest) -> int:
        if self.down is not None:
            raise self.down
        model = self.cards.get(request.model)
        if model is None:
            raise ModelMissing(request.model)
        if model.is_barred:
            raise ModelElsewhere(request.model)
        if not model.can_chat:
            raise UserError("error.model_unfit", model=request.model)
        count = prompt_tokens(message.content for message in request.prompt)
        if count > request.context_tokens:
            raise PromptTooLong(prompt_tokens=count, context_tokens=request.context_tokens)
        self.cards[request.model] = replace(model, is_loaded=True)
        return count

    async def _spoken(self, request: ChatRequest, speech: Speech, count: int) -> AsyncGenerator[ModelEvent]:
        for _ in range(speech.thoughts):
            yield Thought()
        for word in tokens(speech.reasoning):
            yield Thought(word)
        words = list(speech.text or "") if speech.by_character else tokens(speech.text or "")
        spoken = words[: request.answer_tokens]
        for index, word in enumerate(spoken):
            if index == speech.after:
                await self._trouble(speech)
            await asyncio.sleep(0)
            yield Delta(word)
        if len(words) <= speech.after:
            await self._trouble(speech)
        reason = FinishReason.STOP if len(spoken) == len(words) else FinishReason.LENGTH
        yield Completion(
            reason=reason,
            model=request.model,
            prompt_tokens=count,
            answer_tokens=len(spoken),
            load_s=speech.load_s,
            is_remote=speech.is_remote,
            window_tokens=speech.window_tokens,
            worked_s=speech.worked_s,
        )

    async def _trouble(self, speech: Speech) -> None:
        if speech.error is not None:
            raise speech.error
        if speech.holds:
            await self._released.wait()


def _echo(request: ChatRequest) -> str:
    return echo(LabChat(request.model, tuple((each.role.value, each.content) for each in request.prompt)))
