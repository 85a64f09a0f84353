"""What an Ollama host says of itself: its version, and whether it may pass on to a cloud what it is asked."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from bot.errors import ConfigurationError
from bot.llm.host_json import object_in, objects_in, text_in
from bot.llm.ollama_errors import FAILURES, listing_error
from bot.llm.ollama_wire import OllamaClient, Refusal

ASK_S = 5.0


@dataclass(frozen=True, slots=True)
class HostState:
    """`version` is "" where what answers does not say one, as Ollama always does. `may_use_cloud`: None if unsaid."""

    version: str
    may_use_cloud: bool | None


async def host_state(host: str) -> HostState:
    """Ask a host.

    Raises:
        ConfigurationError: its address cannot be one.
        BotError: it does not answer.
    """
    try:
        client = OllamaClient(host=host, connect_s=ASK_S, first_byte_s=ASK_S, stall_s=ASK_S)
    except (ValueError, httpx.InvalidURL) as error:
        raise ConfigurationError("error.host_address", host=host) from error
    try:
        return HostState(await _version(client), await _cloud(client))
    except FAILURES as failure:
        raise listing_error(failure, host=client.address) from failure
    finally:
        await client.close()


async def _version(client: OllamaClient) -> str:
    return text_in(await client.ask("GET", "/api/version"), "version")


async def _cloud(client: OllamaClient) -> bool | None:
    """Ask whether models elsewhere are switched off; older hosts do not know the question."""
    try:
        disabled = object_in(await client.ask("GET", "/api/status"), "cloud").get("disabled")
    except (Refusal, ValueError):
        return None
    return not disabled if isinstance(disabled, bool) else None


async def is_loading(host: str, model: str) -> bool:
    """Whether a host is loading a model at this moment: it lists it with the size 0.

    Raises:
        BotError: it does not answer.
    """
    client = OllamaClient(host=host, connect_s=ASK_S, first_byte_s=ASK_S, stall_s=ASK_S)
    try:
        running = objects_in(await client.ask("GET", "/api/ps"), "models")
    except FAILURES as failure:
        raise listing_error(failure, host=client.address) from failure
    finally:
        await client.close()
    return any(text_in(each, "model") == model and each.get("size") == 0 for each in running)
