"""The platform table: a row for each platform the bot can answer on. A new one is a folder in `adapters` and a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from adapters.base import Adapter
from bot.runtime.compose import Services
from bot.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform.

    `name` is what people call it; `module` its adapter's, imported only where it is on; `variables` name the settings
    that switch it on, which `is_on` looks at.
    """

    name: str
    module: str
    variables: tuple[str, ...]
    is_on: Callable[[Settings], bool]
    make: Callable[[Settings, Services], Adapter]


def _discord(settings: Settings, services: Services) -> Adapter:
    from adapters.discord.adapter import DiscordAdapter
    from adapters.discord.threads import Threads
    from adapters.hearing import Follow

    discord = settings.discord
    return DiscordAdapter(
        engine=services.engine,
        notes=services.stores.notes,
        token=_revealed(discord.token),
        api_url=discord.api_url,
        gateway_url=discord.gateway_url,
        message_content=discord.message_content,
        threads=Threads(discord.threads),
        follow=Follow(settings.input.follow),
        text_file_kb=settings.input.text_file_kb,
        file_chars=settings.reply.file_chars,
        clock=services.clock,
    )


def _slack(settings: Settings, services: Services) -> Adapter:
    from adapters.slack.adapter import SlackAdapter

    slack = settings.slack
    return SlackAdapter(
        engine=services.engine,
        notes=services.stores.notes,
        bot_token=_revealed(slack.bot_token),
        app_token=_revealed(slack.app_token),
        api_url=slack.api_url,
        text_file_kb=settings.input.text_file_kb,
        file_chars=settings.reply.file_chars,
        clock=services.clock,
    )


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


PLATFORMS: Sequence[Platform] = (
    Platform(
        name="Discord",
        module="adapters.discord.adapter",
        variables=("LYCEUM_DISCORD__TOKEN",),
        is_on=lambda settings: settings.discord.token is not None,
        make=_discord,
    ),
    Platform(
        name="Slack",
        module="adapters.slack.adapter",
        variables=("LYCEUM_SLACK__BOT_TOKEN", "LYCEUM_SLACK__APP_TOKEN"),
        is_on=lambda settings: settings.slack.bot_token is not None,
        make=_slack,
    ),
)


def switched_on(settings: Settings) -> Sequence[Platform]:
    """Return the platforms that have their tokens."""
    return [platform for platform in PLATFORMS if platform.is_on(settings)]
