"""Which models an OpenAI-compatible engine has, and what is told of each: asks its list and what stands beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

from bot.llm.host_json import Json, object_in, objects_in, text_in
from bot.llm.openai_answers import OllamaFoundError
from bot.llm.openai_cards import LLAMA, OLLAMA, EngineModel, ToldOfModel, Windows, is_router, needs_loading, to_models
from bot.llm.openai_errors import ENGINE_FAILURES
from bot.llm.openai_wire import EngineClient, EngineRefusal

ASK_S = 3.0
GATEWAY_HEADERS = "x-litellm-"
OLLAMAS_GREETING = b"Ollama is running"
# Models whose properties are asked for at a listing; a router may have many.
MOST_ASKED = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineListing:
    """What an engine has, by name. `is_single`: it answers with its one model, whatever it is asked for.

    `is_gateway`: it passes questions on to other engines.
    """

    models: Mapping[str, EngineModel] = field(default_factory=dict)
    is_single: bool = False
    is_gateway: bool = False

    def names_beside(self, model: EngineModel) -> frozenset[str]:
        """Return what the other models are called."""
        return frozenset().union(*(each.names for each in self.models.values())) - model.names


async def listed(client: EngineClient, windows: Windows, *, may_leave: bool) -> EngineListing:
    """Ask an engine for its models.

    Raises:
        OllamaFoundError: it is an Ollama host.
        OutsideError, EngineRefusal, OSError, aiohttp.ClientError, ValueError: as `EngineClient.ask`.
    """
    answer = await client.ask("GET", "/v1/models")
    rows = objects_in(answer.body, "data")
    owners = {text_in(row, "owned_by") for row in rows}
    is_gateway = any(name.startswith(GATEWAY_HEADERS) for name in answer.headers)
    if OLLAMA in owners or (LLAMA not in owners and not is_gateway and await _is_ollama(client)):
        raise OllamaFoundError
    is_outside = client.whereabouts.is_outside is True
    ids = [text_in(row, "id") for row in rows]
    if is_gateway:
        told = await _deployments(client, ids, is_outside=is_outside, may_leave=may_leave)
    else:
        properties = await _properties(client, rows) if LLAMA in owners else {}
        told = {each: ToldOfModel(properties=properties.get(each, {}), is_remote=is_outside) for each in ids}
    is_single = LLAMA in owners and len(rows) == 1 and not is_router(rows)
    return EngineListing(models=to_models(rows, told, windows), is_single=is_single, is_gateway=is_gateway)


async def _is_ollama(client: EngineClient) -> bool:
    """Ask what an address says of itself: models that somebody made are not owned by Ollama's library."""
    with suppress(*ENGINE_FAILURES):
        async with asyncio.timeout(ASK_S):
            return (await client.text("/")).strip() == OLLAMAS_GREETING
    return False


async def _properties(client: EngineClient, rows: Sequence[Json]) -> Mapping[str, Json]:
    """Ask llama.cpp for the properties of what is loaded; a router does so of each, and loads none for it."""
    by_name = is_router(rows)
    ids = [text_in(row, "id") for row in rows if not needs_loading(row)][:MOST_ASKED]
    paths = [f"/props?model={quote(each, safe='')}&autoload=false" if by_name else "/props" for each in ids]
    found = await asyncio.gather(*(_object(client, path) for path in paths))
    return dict(zip(ids, found, strict=True))


async def _deployments(
    client: EngineClient, ids: Collection[str], *, is_outside: bool, may_leave: bool
) -> Mapping[str, ToldOfModel]:
    """Ask a gateway where each of its models runs; what it does not tell counts as elsewhere."""
    info = await _object(client, "/model/info")
    rows = info.get("data")
    deployments: dict[str, list[Json]] = {each: [] for each in ids}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and text_in(row, "model_name") in deployments:
            deployments[text_in(row, "model_name")].append(row)
    told = {}
    for name, of_model in deployments.items():
        bases = [text_in(object_in(each, "litellm_params"), "api_base") for each in of_model]
        in_house = await asyncio.gather(*(client.is_base_in_house(base) for base in bases))
        is_remote = is_outside or not bases or not all(in_house)
        told[name] = ToldOfModel(deployments=of_model, is_remote=is_remote, is_barred=is_remote and not may_leave)
    return told


async def _object(client: EngineClient, path: str) -> Json:
    """Ask for something that need not be there."""
    try:
        async with asyncio.timeout(ASK_S):
            return (await client.ask("GET", path)).body
    except (*ENGINE_FAILURES, EngineRefusal):
        return {}
