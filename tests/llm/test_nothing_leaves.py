"""Models and engines that answer from elsewhere, in every disguise known, and sound ones that look like them.

Each disguise is refused before a byte of a message is sent; where only an answer can tell, it is ended at its first
chunk, nothing of it is shown, and the model is refused from then on.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.domain import ChatRequest, Completion, PromptMessage, Role
from bot.errors import BotError, ModelMissing, Unavailable, UserError
from bot.llm.house_network import ip_in, is_in_house
from bot.llm.ollama import OllamaBackend
from bot.llm.ollama_embedder import OllamaEmbedder
from bot.llm.openai_engine import EngineBackend
from tests.lab.engines import EngineLab, EngineModelOfLab, Kind
from tests.lab.ollama import Fault, LabModel, OllamaLab, Reply, Say
from tests.llm.engine_talk import ASKED, MODEL, failed, said, talking, words

SECRET = "OWL-4711"
CLOUD = "https://ollama.com:443"
STUB = LabModel(name="x", size=196, format="", remote_host=CLOUD, remote_model="gpt-oss:120b")
LARGE = 98_362_745
SOUND = LabModel(name="x")


@dataclass(frozen=True, slots=True)
class Disguise:
    """A model of an Ollama host: what it is at first, and what becomes of it before or after the list was read."""

    model: LabModel | None
    asked: str = "x:latest"
    first: Callable[[OllamaLab], None] = lambda _: None
    later: Callable[[OllamaLab], None] = lambda _: None


def becomes_a_stub(lab: OllamaLab) -> None:
    lab.install(STUB)


def redirects(lab: OllamaLab) -> None:
    lab.next_reply("/api/chat", Reply(307, location="http://192.0.2.7/api/chat"))


def withholds_the_card(lab: OllamaLab) -> None:
    lab.fail_card("x", Reply(403, "ollama cloud is disabled: remote model details are unavailable"))


def wants_a_login(lab: OllamaLab) -> None:
    lab.fail_card("x", Reply(401, "unauthorized"))


DISGUISES = {
    "a pulled stub": Disguise(STUB),
    "a copy of it under a plain name": Disguise(replace(STUB, name="plain-name"), "plain-name:latest"),
    "an alias of another Ollama of the team": Disguise(replace(STUB, remote_host="http://10.0.0.9:11434")),
    "a stub as large as a model": Disguise(replace(STUB, size=LARGE, format="gguf")),
    "a team's model made from a stub": Disguise(replace(SOUND, size=174, format="")),
    "the same with an adapter of some size": Disguise(replace(SOUND, size=LARGE, format="")),
    "a tag that changed after the start": Disguise(SOUND, later=becomes_a_stub),
    "a name that goes to the cloud": Disguise(LabModel(name="gpt-oss:120b-cloud"), "gpt-oss:120b-cloud"),
    "a tag that goes to the cloud": Disguise(LabModel(name="Kimi:Cloud"), "Kimi:Cloud"),
    "a model made from such a name": Disguise(replace(SOUND, parent_model="gpt-oss:120b-cloud")),
    "marks that only the card carries": Disguise(replace(STUB, size=LARGE, format="gguf", marks=frozenset({"show"}))),
    "a card that is withheld": Disguise(SOUND, first=withholds_the_card),
    "a card that wants a login": Disguise(SOUND, first=wants_a_login),
    "a name that nobody pulled": Disguise(None, "gpt-oss:120b"),
    "a redirect": Disguise(SOUND, later=redirects),
}
ONLY_CHUNKS_TELL = replace(STUB, size=LARGE, format="gguf", marks=frozenset({"chat"}))


def asking(model: str) -> ChatRequest:
    prompt = (PromptMessage(Role.USER, f"Keep {SECRET}."),)
    return ChatRequest(model=model, prompt=prompt, context_tokens=2048, answer_tokens=50)


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab([LabModel(name="here:1b")]) as running:
        yield running


async def came_of(backend: OllamaBackend, model: str) -> tuple[str, BotError | None]:
    events, error = await failed(backend, asking(model))  # type: ignore[arg-type]
    return words(events), error


@pytest.mark.parametrize("name", DISGUISES)
async def test_a_disguise_is_refused_before_a_byte_is_sent(lab: OllamaLab, name: str) -> None:
    disguise = DISGUISES[name]
    if disguise.model:
        lab.install(disguise.model)
    disguise.first(lab)
    backend = OllamaBackend(host=lab.url)
    await backend.models()
    disguise.later(lab)
    said_back, error = await came_of(backend, disguise.asked)
    await backend.close()

    is_redirect = name == "a redirect"
    keys = {"a redirect": "error.host_redirects", "a name that nobody pulled": "error.model_missing"}
    assert error is not None
    assert error.key == keys.get(name, "error.model_elsewhere")
    assert said_back == ""
    # A redirect's first host has the message, which nobody follows to another one.
    assert is_redirect or SECRET not in str([each.body for each in lab.requests])


@pytest.mark.parametrize("remote_model", ["gpt-oss:120b", ""])
async def test_what_only_a_chunk_tells_is_ended_at_the_first_and_refused_from_then_on(
    lab: OllamaLab, remote_model: str
) -> None:
    lab.install(replace(ONLY_CHUNKS_TELL, remote_model=remote_model))
    lab.next_chat(Say("word " * 500, fault=Fault.STALL, after=20))
    backend = OllamaBackend(host=lab.url)
    said_back, error = await came_of(backend, "x:latest")
    await lab.until(lambda: lab.chats[0].disconnected)
    again, later = await came_of(backend, "x:latest")
    cards = {card.name: card for card in await backend.models()}
    await backend.close()

    assert (said_back, again) == ("", "")
    assert isinstance(error, UserError)
    assert error.key == "error.model_left_house"
    assert isinstance(later, ModelMissing)
    assert len(lab.chats) == 1
    assert cards["x:latest"].is_barred


@pytest.mark.parametrize("name", [each for each in DISGUISES if DISGUISES[each].model and "redirect" not in each])
async def test_a_disguise_is_no_model_to_choose(lab: OllamaLab, name: str) -> None:
    lab.install(DISGUISES[name].model or SOUND)
    DISGUISES[name].first(lab)
    DISGUISES[name].later(lab)
    backend = OllamaBackend(host=lab.url)
    cards = {card.name: card for card in await backend.models()}
    await backend.close()

    assert cards[DISGUISES[name].asked].is_remote
    assert cards[DISGUISES[name].asked].is_barred
    assert not cards[DISGUISES[name].asked].can_chat


SOUND_ONES = {
    "a usual one": SOUND,
    "a name with cloud in it": LabModel(name="cloud-native:8b"),
    "a name that ends like it": LabModel(name="soundcloud:7b"),
    "a tag that begins like it": LabModel(name="llama:cloudy"),
    "a model of a person": LabModel(name="team/helper:v1", parent_model="qwen3:8b"),
    "a model from elsewhere once": LabModel(name="hf.co/org/model:Q4_K_M"),
    "another format": LabModel(name="mlx:8b", format="safetensors"),
    "a small one": LabModel(name="tiny", size=2 * 2**20),
    "a size that nobody tells": LabModel(name="sizeless", size=0),
    "a template of its own": LabModel(name="jinja", template="jinja"),
}


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("name", SOUND_ONES)
async def test_a_sound_model_answers(lab: OllamaLab, name: str, is_old: object) -> None:
    model = SOUND_ONES[name]
    lab.is_old = bool(is_old)
    lab.install(model)
    backend = OllamaBackend(host=lab.url)
    said_back, error = await came_of(backend, model.full_name)
    cards = {card.name: card for card in await backend.models()}
    await backend.close()

    assert error is None
    assert SECRET in said_back
    assert not cards[model.full_name].is_remote


@pytest.mark.parametrize("reply", [Reply(500, "unexpected EOF"), Reply(404, body="<html>")])
async def test_a_sound_model_whose_card_fails_answers(lab: OllamaLab, reply: Reply) -> None:
    lab.fail_card("here:1b", reply)
    backend = OllamaBackend(host=lab.url)
    said_back, _ = await came_of(backend, "here:1b")
    await backend.close()

    assert SECRET in said_back


async def test_with_the_operators_consent_they_answer_and_are_marked(lab: OllamaLab) -> None:
    lab.install(STUB)
    backend = OllamaBackend(host=lab.url, may_leave=True)
    [card] = [card for card in await backend.models() if card.name == "x:latest"]
    events = [event async for event in backend.chat(asking("x:latest"))]
    here = [event async for event in backend.chat(asking("here:1b"))]
    await backend.close()

    assert (card.is_remote, card.is_barred, card.can_chat) == (True, False, True)
    assert isinstance(events[-1], Completion)
    assert events[-1].is_remote
    assert isinstance(here[-1], Completion)
    assert not here[-1].is_remote


@pytest.mark.parametrize("model", [STUB, LabModel(name="x:cloud", capabilities=("embedding",))])
async def test_no_text_goes_to_an_embedding_model_elsewhere(lab: OllamaLab, model: LabModel) -> None:
    lab.install(model)
    embedder = OllamaEmbedder(host=lab.url, model=model.name)
    with pytest.raises(UserError):
        await embedder.questions([SECRET])
    await embedder.close()

    assert SECRET not in str([each.body for each in lab.requests])


# Engines


class Names(AbstractResolver):
    """Resolves names as a test says, one answer after the other, the last for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = [*answers]

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:  # noqa: ARG002 - the port's
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ResolveResult(hostname=host, host=each, port=port, family=2, proto=0, flags=0) for each in found]

    async def close(self) -> None:
        """Free nothing."""


OUTSIDE = "198.51.100.7"


@pytest.mark.parametrize(
    "url",
    [f"http://{OUTSIDE}:8000", "https://[2001:db8::1]/v1", "http://[64:ff9b::c633:6407]:80", "http://3325256711:8000"],
)
async def test_an_engine_at_a_public_address_is_not_even_connected_to(url: str) -> None:
    backend = EngineBackend(url=url, connect_s=0.5)
    _, error = await failed(backend)
    with pytest.raises(Unavailable) as raised:
        await backend.models()
    await backend.close()

    assert error is not None
    assert (error.key, raised.value.key) == ("error.engine_outside", "error.engine_outside")


@pytest.mark.parametrize("found", [[OUTSIDE], [OUTSIDE, "2001:db8::1"], ["0.0.0.0"], ["8.8.8.8"]])
async def test_a_name_of_a_public_address_is_not_connected_to(found: list[str]) -> None:
    backend = EngineBackend(url="http://gpu.example:8000", resolver=Names(found))
    _, error = await failed(backend)
    await backend.close()

    assert error is not None
    assert error.key == "error.engine_outside"


@pytest.mark.parametrize("found", [["127.0.0.1"], ["127.0.0.1", "2001:db8::1"], ["8.8.8.8", "127.0.0.1"]])
@pytest.mark.parametrize("name", ["gpu.example", "gpu.local", "vllm.models.svc.cluster.local"])
async def test_a_name_with_an_address_in_the_house_is_connected_to_there(name: str, found: list[str]) -> None:
    async with EngineLab(Kind.VLLM) as lab:
        backend = EngineBackend(url=lab.url.replace("127.0.0.1", name), resolver=Names(found))
        events = await said(backend)
        await backend.close()

    assert words(events)


async def test_a_name_that_moves_outside_after_the_list_is_not_followed() -> None:
    async with EngineLab(Kind.VLLM) as lab:
        backend = EngineBackend(
            url=lab.url.replace("127.0.0.1", "moves.example"), resolver=Names(["127.0.0.1"], [OUTSIDE])
        )
        await backend.models()
        _, error = await failed(backend)
        await backend.close()

    assert error is not None
    assert error.key == "error.engine_outside"
    assert lab.chats == []


async def test_an_engines_redirect_is_not_followed() -> None:
    async with EngineLab(Kind.VLLM) as lab, EngineLab(Kind.VLLM) as other, talking(lab) as backend:
        lab.next_chat(Reply(307, body="", location=f"{other.url}/v1/chat/completions"))
        _, error = await failed(backend)

    assert error is not None
    assert error.key == "error.engine_redirects"
    assert other.requests == []


@pytest.mark.parametrize("owner", ["library", "somebody"])
async def test_an_ollama_host_named_as_an_engine_gets_no_message(owner: str) -> None:
    async with EngineLab(Kind.OLLAMA, [EngineModelOfLab(id=MODEL, owner=owner)]) as lab, talking(lab) as backend:
        _, error = await failed(backend)

    assert error is not None
    assert error.key == "error.engine_is_ollama"
    assert lab.chats == []


async def test_an_ollama_host_in_an_engines_place_is_ended_at_its_first_chunk() -> None:
    async with EngineLab(Kind.VLLM) as lab, talking(lab) as backend:
        await backend.models()
        lab.kind = Kind.OLLAMA
        lab.next_chat(Say("word " * 500, fault=Fault.STALL, after=20))
        events, error = await failed(backend)
        await lab.until(lambda: lab.chats[0].disconnected)

    assert words(events) == ""
    assert error is not None
    assert error.key == "error.engine_is_ollama"


@pytest.mark.parametrize(
    "bases",
    [
        (f"http://{OUTSIDE}/v1",),
        ("http://127.0.0.1:8000/v1", "https://api.openai.com/v1"),
        ("",),
        (),
        ("http://nobody-resolves-this.invalid/v1",),
        ("http://[not-an-address",),
    ],
)
async def test_a_gateways_model_with_a_deployment_outside_gets_no_message(bases: tuple[str, ...]) -> None:
    model = EngineModelOfLab(id=MODEL, bases=bases)
    async with EngineLab(Kind.LITELLM, [model]) as lab, talking(lab) as backend:
        [card] = await backend.models()
        _, error = await failed(backend)

    assert card.is_barred
    assert isinstance(error, ModelMissing)
    assert lab.chats == []


async def test_a_gateway_that_does_not_show_its_deployments_gets_no_message() -> None:
    async with EngineLab(Kind.LITELLM) as lab, talking(lab) as backend:
        lab.next_reply("/model/info", *[Reply(403, "no")] * 3)
        _, error = await failed(backend)

    assert isinstance(error, ModelMissing)
    assert lab.chats == []


async def test_a_gateway_that_went_outside_all_the_same_is_ended_at_its_headers() -> None:
    async with EngineLab(Kind.LITELLM) as lab, talking(lab) as backend:
        lab.headers = {"x-litellm-model-api-base": f"https://{OUTSIDE}/v1"}
        lab.next_chat(Say("word " * 500, fault=Fault.STALL, after=20))
        events, error = await failed(backend)
        await lab.until(lambda: lab.chats[0].disconnected)

    assert words(events) == ""
    assert error is not None
    assert error.key == "error.model_left_house"


async def test_with_consent_a_gateways_answers_from_outside_are_marked() -> None:
    model = EngineModelOfLab(id=MODEL, bases=(f"http://{OUTSIDE}/v1",))
    async with EngineLab(Kind.LITELLM, [model]) as lab, talking(lab, may_leave=True) as backend:
        events = await said(backend, ASKED)

    assert isinstance(events[-1], Completion)
    assert events[-1].is_remote


@pytest.mark.parametrize(
    "base", ["http://10.1.2.3:8000/v1", "http://[fd00::1]:8000", "http://localhost:8000", "127.0.0.1:1"]
)
async def test_a_gateways_model_in_the_house_answers(base: str) -> None:
    async with EngineLab(Kind.LITELLM, [EngineModelOfLab(id=MODEL, bases=(base,))]) as lab, talking(lab) as backend:
        events = await said(backend)

    assert words(events)
    assert isinstance(events[-1], Completion)
    assert not events[-1].is_remote


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("127.0.0.1", True),
        ("10.255.255.255", True),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("192.168.1.1", True),
        ("192.169.0.1", False),
        ("100.64.0.1", True),
        ("100.128.0.1", False),
        ("169.254.1.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd12:3456::1", True),
        ("::ffff:10.0.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("2002:0a00:0001::1", False),
        ("0.0.0.0", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("", False),
        ("gpu", False),
    ],
)
def test_which_addresses_are_the_houses_own(address: str, is_own: object) -> None:
    assert is_in_house(address) is is_own


@pytest.mark.parametrize(
    ("host", "ip"),
    [
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("3325256711", OUTSIDE),
        ("::1", "::1"),
        ("gpu", ""),
        ("גוף", ""),
    ],
)
def test_an_address_is_known_in_every_way_to_write_it(host: str, ip: str) -> None:
    assert ip_in(host) == ip
