"""The settings of who may ask how much, and what it costs."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from bot.domain import defaults
from bot.settings import checks, cost_checks
from bot.settings.group import Items, QualifiedIds, SettingsGroup, variable

HostFigures = Annotated[Items, AfterValidator(cost_checks.figures)]


def _a_day(description: str) -> Any:
    """Return the field of a quota for a day."""
    return Field(
        default=0, ge=0, le=10**15, description=f"{description} Told at 75 and 100 %. `0`: as many as they like."
    )


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
