"""The settings of what is kept, and of what operators see: database, retention, health and log."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.domain import defaults
from bot.settings import checks
from bot.settings.group import Items, Secret, SettingsGroup, variable


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
        default=None,
        ge=1,
        le=65535,
        description="The port of `GET /live`, `/ready`, `/health` and `/metrics`. Empty: none.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="The address it listens on. Whoever reaches it reads which parts work, without any secret.",
    )
    drain_s: float = Field(
        default=0,
        ge=0,
        le=600,
        allow_inf_nan=False,
        description="Seconds for which the bot goes on as before after it was told to stop, while `/ready` says that "
        "it ends. Where a balancer or Kubernetes takes that long to notice.",
    )


class LogSettings(SettingsGroup):
    """What is logged, to standard error. Never what people write, prompts or tokens."""

    level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(checks.lower)] = Field(
        default="info", description="The least level that is logged."
    )
    format: Annotated[Literal["console", "json"], BeforeValidator(checks.lower)] = Field(
        default="console", description="`console` for people, `json` for collectors: one object a line."
    )
