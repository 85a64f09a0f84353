"""The settings of the hosts that serve models: Ollama, and engines with OpenAI's API."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from bot.settings import checks
from bot.settings.group import Items, SettingsGroup, Token, variable

DEFAULT_HOST = "http://127.0.0.1:11434"


class OllamaSettings(SettingsGroup):
    """The hosts that serve the models ([several machines](../how-to/hosts.md))."""

    hosts: Annotated[Items, AfterValidator(checks.host_addresses)] = Field(
        default=(DEFAULT_HOST,),
        description="The addresses of the Ollama hosts, as in OLLAMA_HOST; http and port 11434 where not said. One, or "
        "a list by commas or as JSON.",
    )
    slots: Annotated[Items, AfterValidator(checks.slots)] = Field(
        default=(),
        description="How many answers a host writes at once, as its `OLLAMA_NUM_PARALLEL`: one figure for all, or one "
        "for each host in their order (`4,2`). Empty: `LYCEUM_MODEL__PARALLEL`.",
    )
    keep_alive: Annotated[str, AfterValidator(checks.duration)] = Field(
        default="5m",
        description="How long a model stays loaded after an answer: `10m`, `1h30m`, `300` (seconds), `0` not at all, "
        "`-1` for ever. The embedding model of lessons as well.",
    )
    first_byte_s: float = Field(
        default=300,
        gt=0,
        le=86400,
        allow_inf_nan=False,
        description="Seconds to wait for an answer to begin, loading the model included.",
    )
    stall_s: float = Field(
        default=60,
        gt=0,
        le=86400,
        allow_inf_nan=False,
        description="Seconds of silence after which a begun answer is given up.",
    )

    disk_gb: Annotated[Items, AfterValidator(checks.gigabytes)] = Field(
        default=(),
        description="How many GB of its disk a host has for models: one figure for all, or one for each host in their "
        "order (`500,80`). `/model pull` fetches nothing that does not fit. `0` or empty: not known, for Ollama does "
        "not tell.",
    )
    registries: Items = Field(
        default=(),
        description="Addresses of other registries that `/model pull` may name, such as `models.example:5000`, beside "
        "Ollama's library and Hugging Face (`hf.co`).",
    )

    @model_validator(mode="after")
    def _figures_fit(self) -> Self:
        for setting in ("slots", "disk_gb"):
            got = len(getattr(self, setting))
            if got not in {0, 1, len(self.hosts)}:
                name, other = variable("ollama", setting), variable("ollama", "hosts")
                raise checks.refused("slots_count", variable=name, other=other, got=got, most=len(self.hosts))
        return self

    def with_disks(self) -> list[tuple[str, float]]:
        """Return each host with the GB its disk has for models, 0 where nobody says."""
        figures = [float(item) for item in self.disk_gb] or [0.0]
        return list(zip(self.hosts, figures * (len(self.hosts) // len(figures)), strict=True))

    def with_slots(self, default: int) -> list[tuple[str, int]]:
        """Return each host with the number of answers it writes at once."""
        figures = [int(item) for item in self.slots] or [default]
        return list(zip(self.hosts, figures * (len(self.hosts) // len(figures)), strict=True))


class EngineSettings(SettingsGroup):
    """Engines with OpenAI's API: vLLM, SGLang, llama.cpp's server, LiteLLM, Ray Serve ([how](../how-to/engines.md)).

    `NAME` is any name, the same in all settings of one engine: letters and digits, such as `GPU` or `VLLM2`.
    """

    url: Annotated[str, AfterValidator(checks.engine_address)] = Field(
        default="", description="The engine's address, with or without `/v1` at its end: `http://gpu.example:8000`."
    )
    key: Token = Field(default=None, description="The key it wants, sent as `Authorization: Bearer`. Empty: none.")
    context_tokens: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="The window of its models in tokens, where it does not tell or tells too much. `0`: what it tells.",
    )
    windows: Annotated[Items, AfterValidator(checks.model_windows)] = Field(
        default=(), description="The windows of single models: `qwen3-8b=32768,gpt-oss-20b=131072`."
    )

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if not self.url:
            raise checks.refused("engine_url")
        return self

    @property
    def by_model(self) -> dict[str, int]:
        """The windows of single models, by name."""
        pairs = (item.rpartition("=") for item in self.windows)
        return {model: int(tokens) for model, _, tokens in pairs}
