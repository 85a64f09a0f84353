"""Every setting, read from the environment and `.env`: what it is called, what it may be, what it is by default.

Only the composition root and the command line see a `Settings`; everything else takes the values it uses.
docs/reference/settings.md is generated from the fields and their descriptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings import checks, cost_checks
from bot.settings.group import DELIMITER, PREFIX, SettingsGroup, variable
from bot.settings.host_settings import EngineSettings, OllamaSettings
from bot.settings.limit_settings import AccessSettings, CostSettings, LimitsSettings
from bot.settings.model_settings import LessonsSettings, ModelSettings, NewsSettings
from bot.settings.platform_settings import DiscordSettings, InputSettings, ReplySettings, SlackSettings
from bot.settings.storage_settings import HealthSettings, LogSettings, RetentionSettings, StorageSettings

# Editors on Windows begin a file with a byte order mark, which would become part of the first name.
ENCODING = "utf-8-sig"
ANY_NAME = "name"
"""Stands for an engine's name where no engine is meant."""


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
        return (*secrets, *self.slack.signing_secrets, *checks.passwords(self.storage.location))

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
