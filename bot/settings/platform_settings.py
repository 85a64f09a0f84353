"""The settings of the platforms, of what is listened to there and how answers are shown."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.domain import defaults
from bot.settings import checks
from bot.settings.group import Flag, HttpAddress, Secret, SettingsGroup, SocketAddress, Token, variable


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
    """Slack: on when both tokens are set, or the bot token and [a port for requests](../how-to/slack.md#over-http)."""

    bot_token: Annotated[Token, AfterValidator(checks.begins("xoxb-"))] = Field(
        default=None, description="The Bot User OAuth Token (`xoxb-…`) of the installed app."
    )
    app_token: Annotated[Token, AfterValidator(checks.begins("xapp-"))] = Field(
        default=None, description="The app-level token (`xapp-…`) with the scope `connections:write`, for Socket Mode."
    )
    signing_secret: Secret = Field(
        default=None,
        description="The app's signing secret, in the place of the app-level token: Slack sends requests to a port of "
        "the bot. Two by a comma while one is replaced by the other.",
    )
    http_port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="The port on which those requests are taken, at `/slack/events`, `/slack/interactions` and "
        "`/slack/commands`; in front of it stands what speaks https.",
    )
    http_host: str = Field(default="127.0.0.1", description="The address it listens on.")
    api_url: HttpAddress | None = Field(
        default=None, description="Another address of the Web API, such as a proxy. Plain http only on this machine."
    )

    @model_validator(mode="after")
    def _both_tokens(self) -> Self:
        by_http = self.signing_secret is not None
        pairs = [("bot_token", "signing_secret"), ("http_port", "signing_secret"), ("signing_secret", "http_port")]
        if not by_http:
            pairs = [("bot_token", "app_token"), ("app_token", "bot_token"), ("signing_secret", "http_port")]
        for missing, there in pairs:
            if getattr(self, missing) is None and getattr(self, there) is not None:
                raise checks.refused("pair", variable=variable("slack", missing), other=variable("slack", there))
        if by_http and self.app_token is not None:
            one, other = variable("slack", "app_token"), variable("slack", "signing_secret")
            raise checks.refused("slack_two_ways", variable=one, other=other)
        return self

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """The signing secrets, newest first as they are written."""
        written = self.signing_secret.get_secret_value() if self.signing_secret else ""
        return tuple(filter(None, (each.strip() for each in written.split(","))))


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
