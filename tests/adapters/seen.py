"""Messages as people see them, the same for every platform: what the contracts of posters and platforms read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.adapters.labels import slack_labels
from tests.lab import discord, slack


@dataclass(frozen=True, slots=True)
class Seen:
    """A message: its text and buttons, what its files hold, what its pictures show in words, and whose client rang.

    `stops` tells whether it grows and can be stopped, by our button or by one of the platform's own. `handle` is the
    platform's own message, which may have changed since.
    """

    text: str
    labels: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()
    rung: frozenset[str] = frozenset()
    stops: bool = False
    handle: Any = None


def on_discord(message: discord.Message) -> Seen:
    """Return what people see of a message on Discord."""
    stops = any(custom_id.startswith("stop:") for custom_id in message.custom_ids)
    # A reply to the bot's own words rings the bot, which is nobody.
    rung = message.pinged - {message.channel.world.bot.id}
    return Seen(
        message.text,
        labels=() if stops else tuple(message.buttons),
        files=tuple(file.content.decode(errors="replace") for file in message.attachments),
        alts=tuple(file.description for file in message.attachments if file.description),
        rung=frozenset(map(str, rung)) | ({"everyone"} if message.pinged_everyone else set()),
        stops=stops,
        handle=message,
    )


def on_slack(lab: slack.SlackLab, message: slack.Message) -> Seen:
    """Return what people see of a message on Slack."""
    has_stop = "stop" in message.action_ids
    session = lab.workspace.status(message.channel, message.thread_ts or "").session
    return Seen(
        message.shown,
        labels=() if has_stop else tuple(slack_labels(message)),
        files=tuple((lab.files.by_id[file_id].content or b"").decode(errors="replace") for file_id in message.files),
        alts=tuple(lab.files.by_id[file_id].alt for file_id in message.files if lab.files.by_id[file_id].alt),
        rung=frozenset(message.pings),
        stops=has_stop or (message.streaming and session == "processing"),
        handle=message,
    )
