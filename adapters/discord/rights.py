"""What the bot needs to be allowed to do on Discord, and the link that asks for exactly that."""

from __future__ import annotations

from collections.abc import Iterator

import discord

SCOPES = ("bot", "applications.commands")
# By discord.py's names; `docs/how-to/discord.md` lists them.
NEEDED = (
    "view_channel",
    "send_messages",
    "send_messages_in_threads",
    "create_public_threads",
    "read_message_history",
    "attach_files",
)


def invitation(application_id: int) -> str:
    """Return the link that adds the bot to a server with the rights it needs and no others."""
    rights = discord.Permissions(**dict.fromkeys(NEEDED, True))
    return discord.utils.oauth_url(application_id, permissions=rights, scopes=SCOPES)


def missing(given: discord.Permissions) -> Iterator[str]:
    """Yield the rights the bot needs and lacks, as Discord's settings call them."""
    for name in NEEDED:
        if not getattr(given, name):
            yield name.replace("_", " ").title()
