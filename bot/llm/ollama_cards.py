"""What an Ollama host tells of its models: its answers to our cards."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

import structlog

from bot.domain import ModelCard
from bot.llm.host_json import Json, count_in, object_in, text_in
from bot.llm.ollama_errors import FAILURES, is_of_host
from bot.llm.ollama_gate import MOST_BYTES, Key, is_marked, is_remote, is_withheld, key_of, name_of
from bot.llm.ollama_wire import OllamaClient, Refusal

MOST_MODELS = 1000
TOLD_CHARS = 80
MOST_LICENCE_CHARS = 10_000
AT_ONCE = 16
# A card takes the host some milliseconds, a second from a slow disk. Nobody waits for one after this silence.
QUIET_S = 2.0
SHOW_S = 10.0
BYTES_OF_NUMBER = 2
_NUM_CTX = re.compile(r"\s*num_ctx\s+([1-9]\d{0,8})\s*")
OF_CARDS = frozenset(("model_info", "capabilities", "details", "modelfile", "template"))
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Facts:
    """What only /api/show tells reliably of a model: /api/tags says "completion" even of an embedding model."""

    context_tokens: int | None
    licence: str | None
    capabilities: frozenset[str]
    is_remote: bool = False
    token_bytes: int = 0


UNREAD = Facts(context_tokens=None, licence=None, capabilities=frozenset())
WITHHELD = Facts(context_tokens=None, licence=None, capabilities=frozenset({"completion"}), is_remote=True)


class Shows:
    """What /api/show told of each model: asked once per digest, several at a time.

    One that fails or stalls costs its own model only. It is asked again at the next listing, which does not wait for
    one that was late before.
    """

    def __init__(self, client: OllamaClient) -> None:
        self._client = client
        self._told: dict[Key, Facts] = {}
        self._failed: dict[Key, Exception] = {}
        self._late: set[Key] = set()
        self._asking: dict[Key, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def read(self, keys: Collection[Key]) -> Mapping[Key, Facts | Exception]:
        """Return what is told of each of these models, or why nothing is. Raises nothing."""
        self._forget_all_but(keys)
        asked = {key: self._ask(key) for key in keys if key not in self._told or not key[1]}
        waiting = {task for key, task in asked.items() if key not in self._late}
        while waiting:
            done, waiting = await asyncio.wait(waiting, timeout=QUIET_S, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                break
        for key in asked.keys() & self._asking.keys():
            self._late.add(key)
            self._note(key, TimeoutError())
        return {key: self._told.get(key) or self._failed.get(key, TimeoutError()) for key in keys}

    async def of(self, key: Key) -> Facts | Exception:
        """Return what is told of one model, which is waited for no longer than for all of them. Raises nothing."""
        if key not in self._told or not key[1]:
            await asyncio.wait([self._ask(key)], timeout=QUIET_S)
        return self._told.get(key) or self._failed.get(key, TimeoutError())

    async def close(self) -> None:
        """End the questions that are still out."""
        asking = [*self._asking.values()]
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _ask(self, key: Key) -> asyncio.Task[None]:
        if key not in self._asking:
            self._asking[key] = asyncio.create_task(self._show(key), name=f"show {key[0]}")
        return self._asking[key]

    async def _show(self, key: Key) -> None:
        try:
            async with self._places, asyncio.timeout(SHOW_S):
                self._told[key] = to_facts(await self._client.ask("POST", "/api/show", {"model": key[0]}))
            self._failed.pop(key, None)
            self._late.discard(key)
        except TimeoutError as failure:
            self._late.add(key)
            self._note(key, failure)
        except FAILURES as failure:
            self._late.discard(key)
            self._note(key, failure)
        finally:
            del self._asking[key]

    def _note(self, key: Key, failure: Exception) -> None:
        """Keep why a model cannot be read, and tell the operator the first time."""
        if key not in self._failed and not was_removed(failure):
            status = failure.status if isinstance(failure, Refusal) else None
            log.warning(
                "model.unreadable",
                host=self._client.address,
                model=key[0],
                failure=type(failure).__name__,
                status=status,
            )
        self._failed[key] = failure

    def _forget_all_but(self, keys: Collection[Key]) -> None:
        for kept in (self._told, self._failed):
            for key in kept.keys() - set(keys):
                del kept[key]
        self._late &= set(keys)


def was_removed(failure: Exception) -> bool:
    """Whether a model is not there any more, though it was listed a moment ago."""
    return isinstance(failure, Refusal) and failure.status == HTTPStatus.NOT_FOUND and failure.is_ollamas


def failure_of_host(told: Collection[Facts | Exception]) -> Exception | None:
    """Return why the host itself is not to be had; None while it tells of a model, or only models fail."""
    failures = [each for each in told if isinstance(each, Exception)]
    if len(failures) < len(told):
        return None
    return next(filter(is_of_host, failures), None)


def to_cards(
    installed: Sequence[Json],
    told: Mapping[Key, Facts | Exception],
    *,
    loaded: Collection[str],
    left: Collection[Key] = (),
    may_leave: bool = False,
) -> Sequence[ModelCard]:
    """Read the cards of what is installed, by name; without facts where the host tells none.

    `left` are models that turned out to run elsewhere; `may_leave`: such models may be asked.
    """
    cards = {}
    for each in installed:
        facts, name = told[key_of(each)], name_of(each)
        if not isinstance(facts, Facts) and was_removed(facts):
            continue
        is_withheld_card = not isinstance(facts, Facts) and is_withheld(facts)
        known = facts if isinstance(facts, Facts) else WITHHELD if is_withheld_card else UNREAD
        card = to_card(each, known, is_loaded=name in loaded)
        is_elsewhere = card.is_remote or key_of(each) in left
        cards[name] = replace(card, is_remote=is_elsewhere, is_barred=is_elsewhere and not may_leave)
    return [cards[name] for name in sorted(cards)]


def to_card(installed: Json, facts: Facts, *, is_loaded: bool) -> ModelCard:
    """Read an installed model's card."""
    details = object_in(installed, "details")
    return ModelCard(
        name=name_of(installed),
        size_bytes=count_in(installed, "size", most=MOST_BYTES),
        family=_told_in(details, "family"),
        parameters=_told_in(details, "parameter_size"),
        context_tokens=facts.context_tokens,
        licence=facts.licence,
        capabilities=facts.capabilities,
        is_loaded=is_loaded,
        is_unreadable=facts is UNREAD,
        is_remote=facts.is_remote or is_remote(installed),
        digest=text_in(installed, "digest"),
        token_bytes=facts.token_bytes,
    )


def to_facts(shown: Json) -> Facts:
    """Read what /api/show tells. Older servers name no capabilities: a model that pools is an embedding model.

    Raises:
        ValueError: it is not a model's card.
    """
    info, named = shown.get("model_info"), shown.get("capabilities")
    info = {} if info is None else info
    if not isinstance(info, dict) or not isinstance(named, list | None) or shown.keys().isdisjoint(OF_CARDS):
        raise ValueError
    capabilities = [each for each in named or () if isinstance(each, str)]
    pools = any(key.endswith(".pooling_type") for key in info)
    return Facts(
        context_tokens=context_of(info, text_in(shown, "parameters")),
        licence=_told_in(info, "general.license") or _told_in(shown, "license") or None,
        capabilities=frozenset(capabilities or ("embedding" if pools else "completion",)),
        is_remote=is_marked(shown),
        token_bytes=token_bytes_of(info),
    )


def context_of(info: Json, parameters: str) -> int | None:
    """Read how many tokens a model holds: what it was trained for, or less where whoever made it here says so."""
    trained = count_in(info, f"{text_in(info, 'general.architecture')}.context_length")
    set_here = [int(each[1]) for each in map(_NUM_CTX.fullmatch, parameters.splitlines()) if each]
    return min([tokens for tokens in (trained, *set_here) if tokens], default=None)


def token_bytes_of(info: Json) -> int:
    """Reckon the memory a token of context takes: keys and values of 16 bits for each layer; 0 where it is not told."""
    name = text_in(info, "general.architecture")
    heads, layers = count_in(info, f"{name}.attention.head_count"), count_in(info, f"{name}.block_count")
    shared = count_in(info, f"{name}.attention.head_count_kv") or heads
    width = count_in(info, f"{name}.embedding_length") // heads if heads else 0
    keys = count_in(info, f"{name}.attention.key_length") or width
    values = count_in(info, f"{name}.attention.value_length") or width
    return layers * shared * (keys + values) * BYTES_OF_NUMBER


def _told_in(answer: Json, field: str) -> str:
    """Return the first line of a text that has any words, as far as a card shows it."""
    lines = (_CONTROLS.sub("", line).strip() for line in text_in(answer, field)[:MOST_LICENCE_CHARS].splitlines())
    line = next(filter(None, lines), "")
    return line if len(line) <= TOLD_CHARS else f"{line[: TOLD_CHARS - 1]}…"


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f`\u2028-\u202e\u2066-\u2069]")
