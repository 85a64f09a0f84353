"""What every group of settings is made of: how a variable is called, and what a value may be."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr

from bot.settings import checks

PREFIX = "LYCEUM_"
DELIMITER = "__"

Secret = Annotated[SecretStr | None, BeforeValidator(checks.stripped)]
Token = Annotated[Secret, AfterValidator(checks.token)]
Flag = Annotated[bool, BeforeValidator(checks.lower)]
ModelName = Annotated[str, AfterValidator(checks.model_name)]
Items = Annotated[tuple[str, ...], BeforeValidator(checks.items)]
QualifiedIds = Annotated[Items, AfterValidator(checks.qualified_ids)]
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
