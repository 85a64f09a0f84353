"""The platform table: a row for each platform the bot can answer on. A new one is a folder in `adapters` and a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from adapters.base import Adapter
from adapters.checkups import Check
from adapters.sent_files import FileLimits
from bot import ports
from bot.documents.document_reader import DocumentReader
from bot.documents.sound_reader import SoundReader
from bot.runtime.compose import Services
from bot.settings import Settings

if TYPE_CHECKING:
    from adapters.slack.http_handler import HttpDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckupRequest:
    """What a platform is asked about itself with: the settings, a channel ("" for none), and what was noted before."""

    settings: Settings
    channel: str = ""
    notes: ports.Notes | None = None

    def workspaces_of(self, platform: str) -> tuple[str, ...]:
        """Return the ids of the only workspaces of a platform in which the settings let the bot answer."""
        listed = (each.partition(":") for each in self.settings.access.workspaces)
        return tuple(place for name, _, place in listed if name == platform)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """One platform.

    `name` is what people call it; `module` its adapter's, imported only where it is on; `variables` name the settings
    that switch it on, which `is_on` looks at. `checkup` makes what asks the platform whether all is well, `address`
    says where it is, `channel_ids` what a channel's id looks like there. `token_prefixes` go with `variables`;
    `creation_link` is where the app is made that the tokens are of.
    """

    name: str
    module: str
    variables: tuple[str, ...]
    is_on: Callable[[Settings], bool]
    make: Callable[[Settings, Services], Adapter]
    checkup: Callable[[CheckupRequest], Check]
    address: Callable[[Settings], str]
    channel_ids: re.Pattern[str]
    token_prefixes: tuple[str, ...]
    creation_link: Callable[[], str]


def _file_limits(settings: Settings) -> FileLimits:
    read = settings.input
    return FileLimits(
        text_kb=read.text_file_kb,
        picture_kb=read.picture_kb,
        document_kb=read.document_kb,
        voice_s=read.voice_seconds,
    )


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
        file_limits=_file_limits(settings),
        documents=DocumentReader(),
        sounds=SoundReader(),
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
        http=_http_door(settings),
        api_url=slack.api_url,
        file_limits=_file_limits(settings),
        documents=DocumentReader(),
        sounds=SoundReader(),
        file_chars=settings.reply.file_chars,
        clock=services.clock,
    )


def _http_door(settings: Settings) -> HttpDoor | None:
    from adapters.slack.http_handler import HttpDoor

    slack = settings.slack
    if slack.http_port is None:
        return None
    return HttpDoor(secrets=slack.signing_secrets, host=slack.http_host, port=slack.http_port)


def _discord_checkup(request: CheckupRequest) -> Check:
    from adapters.discord.checkup import DiscordCheckup
    from adapters.discord.threads import Threads

    discord = request.settings.discord
    return DiscordCheckup(
        token=_revealed(discord.token),
        api_url=discord.api_url,
        gateway_url=discord.gateway_url,
        message_content=discord.message_content,
        threads=Threads(discord.threads),
        places=request.workspaces_of("discord"),
        channel=request.channel,
        notes=request.notes,
    )


def _slack_checkup(request: CheckupRequest) -> Check:
    from adapters.slack.checkup import SlackCheckup

    slack = request.settings.slack
    return SlackCheckup(
        bot_token=_revealed(slack.bot_token),
        app_token=_revealed(slack.app_token),
        api_url=slack.api_url,
        places=request.workspaces_of("slack"),
        channel=request.channel,
    )


def _slack_creation_link() -> str:
    from adapters.slack.manifest import creation_link

    return creation_link()


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


PLATFORMS: Sequence[Platform] = (
    Platform(
        name="Discord",
        module="adapters.discord.adapter",
        variables=("LYCEUM_DISCORD__TOKEN",),
        is_on=lambda settings: settings.discord.token is not None,
        make=_discord,
        checkup=_discord_checkup,
        address=lambda settings: settings.discord.api_url or "https://discord.com/api/v10",
        channel_ids=re.compile(r"\d{15,20}"),
        token_prefixes=("",),
        creation_link=lambda: "https://discord.com/developers/applications",
    ),
    Platform(
        name="Slack",
        module="adapters.slack.adapter",
        variables=("LYCEUM_SLACK__BOT_TOKEN", "LYCEUM_SLACK__APP_TOKEN"),
        is_on=lambda settings: settings.slack.bot_token is not None,
        make=_slack,
        checkup=_slack_checkup,
        address=lambda settings: settings.slack.api_url or "https://slack.com/api/",
        channel_ids=re.compile(r"[CDG][A-Z0-9]{2,}"),
        token_prefixes=("xoxb-", "xapp-"),
        creation_link=_slack_creation_link,
    ),
)


def switched_on(settings: Settings) -> Sequence[Platform]:
    """Return the platforms that have their tokens."""
    return [platform for platform in PLATFORMS if platform.is_on(settings)]
