"""Speech is written down by whichever host has a model that hears: each in the way that its kind has for it."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain import SpeechRequest, Transcript
from bot.errors import BotError, ModelElsewhere, ModelMissing, ModelUnfit, Transient
from bot.llm.embedded import MODEL as EMBEDDED
from bot.llm.embedded import EmbeddedBackend
from bot.llm.ollama import OllamaBackend
from bot.llm.pool import Pool
from bot.ports import Transcriber
from tests.documents.sounds import recording, spoken
from tests.lab.engines import EngineLab, EngineModelOfLab, Kind
from tests.lab.ollama import LabModel, OllamaLab, Reply
from tests.llm.engine_talk import talking

WAV = recording(spoken(2.0, rate=16_000), "wav", rate=16_000)
TOLD = "a tone of 220 hertz for 2 seconds"
HEARING = LabModel(name="gemma4:e2b", capabilities=("completion", "vision", "audio", "thinking"))
SEEING = LabModel(name="gemma3:4b", capabilities=("completion", "vision"))
PLAIN = LabModel(name="smollm2:135m")
ASKED = SpeechRequest(model="gemma4:e2b", sound=WAV, context_tokens=4096, answer_tokens=256)
OF_ENGINE = replace(ASKED, model="ultravox")
LISTENER = EngineModelOfLab(id="ultravox", hears=True)
WITH_ADDRESS = [Kind.LLAMA, Kind.ROUTER, Kind.VLLM, Kind.LITELLM, Kind.RAY]


async def fails(backend: Transcriber, request: SpeechRequest) -> BotError:
    with pytest.raises(BotError) as raised:
        await backend.transcribe(request)
    return raised.value


@pytest.fixture
async def lab() -> AsyncIterator[OllamaLab]:
    async with OllamaLab([HEARING, SEEING, PLAIN]) as opened:
        yield opened


@pytest.fixture
async def ollama(lab: OllamaLab) -> AsyncIterator[OllamaBackend]:
    backend = OllamaBackend(host=lab.url)
    yield backend
    await backend.close()


class TestOllama:
    async def test_a_recording_is_written_down_in_a_chat(self, lab: OllamaLab, ollama: OllamaBackend) -> None:
        assert await ollama.transcribe(ASKED) == Transcript(TOLD)

        body = lab.chats[0].body
        messages = body["messages"]
        assert isinstance(messages, list)
        assert messages[-1]["images"] == [b64encode(WAV).decode()]

    async def test_it_is_told_not_to_think_nor_to_word_it_freely(self, lab: OllamaLab, ollama: OllamaBackend) -> None:
        await ollama.transcribe(ASKED)

        assert lab.chats[0].body["think"] is False
        assert lab.chats[0].body["options"] == {"num_ctx": 4096, "num_predict": 256, "temperature": 0.0}

    async def test_silence_is_no_words(self, lab: OllamaLab, ollama: OllamaBackend) -> None:
        lab.hears = lambda _: ""

        assert await ollama.transcribe(ASKED) == Transcript("")

    @pytest.mark.parametrize(("name", "kind"), [("smollm2:135m", ModelUnfit), ("gemma3:4b", Transient)])
    async def test_a_model_that_does_not_hear_refuses(self, ollama: OllamaBackend, name: str, kind: type) -> None:
        assert isinstance(await fails(ollama, replace(ASKED, model=name)), kind)

    async def test_one_that_is_gone_is_missing(self, ollama: OllamaBackend) -> None:
        assert isinstance(await fails(ollama, replace(ASKED, model="gemma4:e4b")), ModelMissing)

    async def test_nothing_is_heard_by_a_machine_elsewhere(self, lab: OllamaLab, ollama: OllamaBackend) -> None:
        lab.install(replace(HEARING, remote_host="https://ollama.com", remote_model="gemma4"))

        assert isinstance(await fails(ollama, ASKED), ModelElsewhere)
        assert lab.chats == []

    async def test_leaving_ends_the_work(self, lab: OllamaLab, ollama: OllamaBackend) -> None:
        lab.first_token_s = 60.0
        task = asyncio.create_task(ollama.transcribe(ASKED))
        await lab.until(lambda: lab.running > 0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        await lab.until(lambda: lab.running == 0)

    async def test_the_card_says_who_hears(self, ollama: OllamaBackend) -> None:
        assert [card.name for card in await ollama.models() if card.can_hear] == ["gemma4:e2b"]


class TestEngines:
    @pytest.mark.parametrize("kind", WITH_ADDRESS, ids=lambda kind: kind.value)
    async def test_it_goes_to_the_address_for_it(self, kind: Kind) -> None:
        async with EngineLab(kind, [LISTENER], key="sk-1") as lab, talking(lab, key="sk-1") as backend:
            assert await backend.transcribe(OF_ENGINE) == Transcript(TOLD)

            form = lab.requests[-1]
            assert form.path == "/v1/audio/transcriptions"
            assert form.body == {"model": "ultravox", "response_format": "json", "temperature": "0", "file": WAV}

    async def test_where_there_is_no_such_address_it_is_a_chat(self) -> None:
        async with EngineLab(Kind.SGLANG, [LISTENER]) as lab, talking(lab) as backend:
            both = [await backend.transcribe(OF_ENGINE) for _ in range(2)]
            paths = [each.path for each in lab.requests if each.method == "POST"]

            assert both == [Transcript(TOLD)] * 2
            assert paths == ["/v1/audio/transcriptions", "/v1/chat/completions", "/v1/chat/completions"]
            assert lab.chats[-1].body["temperature"] == 0.0

    async def test_where_the_model_writes_nothing_down_it_is_a_chat(self) -> None:
        async with EngineLab(Kind.VLLM, [LISTENER]) as lab, talking(lab) as backend:
            lab.next_reply("/v1/audio/transcriptions", Reply(400, "The model does not support Transcriptions API"))

            assert await backend.transcribe(OF_ENGINE) == Transcript(TOLD)

    @pytest.mark.parametrize(("kind", "error"), [(Kind.VLLM, ModelUnfit), (Kind.LLAMA, Transient)])
    async def test_a_model_that_does_not_hear_refuses(self, kind: Kind, error: type) -> None:
        async with EngineLab(kind, [replace(LISTENER, hears=False)]) as lab, talking(lab) as backend:
            assert isinstance(await fails(backend, OF_ENGINE), error)

    @pytest.mark.parametrize("body", ["{}", '{"text": null}', "[]", "owl"])
    async def test_an_odd_answer_is_none(self, body: str) -> None:
        async with EngineLab(Kind.VLLM, [LISTENER]) as lab, talking(lab) as backend:
            lab.next_reply("/v1/audio/transcriptions", Reply(200, body=body))

            assert (await fails(backend, OF_ENGINE)).key == "error.engine_odd"

    async def test_a_busy_one_is_tried_in_no_other_way(self) -> None:
        async with EngineLab(Kind.VLLM, [LISTENER]) as lab, talking(lab) as backend:
            lab.next_reply("/v1/audio/transcriptions", Reply(503, "busy"))

            assert (await fails(backend, OF_ENGINE)).key == "error.host_busy"
            assert lab.chats == []

    async def test_one_that_is_gone_is_missing(self) -> None:
        async with EngineLab(Kind.VLLM, [LISTENER]) as lab, talking(lab) as backend:
            assert isinstance(await fails(backend, replace(OF_ENGINE, model="owl")), ModelMissing)

    async def test_a_gateway_that_passed_it_on_outside_is_told_of(self) -> None:
        async with EngineLab(Kind.LITELLM, [LISTENER]) as lab, talking(lab) as backend:
            lab.headers = {"x-litellm-model-api-base": "https://93.184.216.34/v1"}

            assert (await fails(backend, OF_ENGINE)).key == "error.model_left_house"

    @pytest.mark.parametrize(
        ("kind", "model"),
        [
            (Kind.VLLM, EngineModelOfLab(id="openai/whisper-large-v3")),
            (Kind.LITELLM, EngineModelOfLab(id="speech", mode="audio_transcription")),
        ],
        ids=["by its name", "by its mode"],
    )
    async def test_what_is_made_for_speech_alone_does_not_chat(self, kind: Kind, model: EngineModelOfLab) -> None:
        async with EngineLab(kind, [model]) as lab, talking(lab) as backend:
            (card,) = await backend.models()

            assert card.can_hear
            assert not card.can_chat


class TestSeveralHosts:
    async def test_a_host_that_has_such_a_model_is_asked(self, lab: OllamaLab) -> None:
        async with OllamaLab([PLAIN]) as other:
            pool = Pool([(OllamaBackend(host=each.url), 2) for each in (other, lab)])
            await pool.models()

            assert await pool.transcribe(ASKED) == Transcript(TOLD)
            assert other.chats == []
            await pool.close()

    async def test_one_that_is_lost_is_left_for_the_other(self, lab: OllamaLab) -> None:
        async with OllamaLab([HEARING]) as other:
            pool = Pool([(OllamaBackend(host=each.url, connect_s=0.5), 2) for each in (other, lab)])
            await pool.models()
            await other.stop()

            assert await pool.transcribe(replace(ASKED, host=other.url)) == Transcript(TOLD)
            await pool.close()

    async def test_where_every_host_is_lost_that_is_told(self, lab: OllamaLab) -> None:
        pool = Pool([(OllamaBackend(host=lab.url, connect_s=0.5), 2)])
        await pool.models()
        await lab.stop()

        assert isinstance(await fails(pool, ASKED), Transient)
        await pool.close()

    async def test_a_backend_whose_models_never_hear_is_not_asked(self) -> None:
        embedded = EmbeddedBackend()
        pool = Pool([(embedded, 1)])

        assert isinstance(await fails(pool, replace(ASKED, model=EMBEDDED)), ModelUnfit)
        await pool.close()
