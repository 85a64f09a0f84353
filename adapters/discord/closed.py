"""Channels where the bot hears people and may not write: what the operator reads of them, and who asked there."""

from __future__ import annotations

import discord
import structlog

from adapters.closed_places import Asker
from adapters.discord.calls import called
from adapters.discord.poster import nonce
from bot.domain import Address, Notice
from bot.i18n import sentence

log = structlog.get_logger(__name__)


class ClosedChannels:
    """Tells who asked in a direct message: `adapters.closed_places` has it done."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def tell(self, asker: Asker, key: str) -> None:
        """See `adapters.closed_places.TellElsewhere`."""
        if not asker.address.workspace:
            return  # it is the direct messages that are closed
        place, person = asker.address.thread or asker.address.channel, asker.person
        words = sentence(Notice(key, {"place": f"<#{place}>"}), person.locale)
        channel = await called(self._client.create_dm(discord.Object(int(person.id))))
        # Made again because its answer was lost, it is read once all the same.
        sent = nonce(f"{key} {place} to {person.id}")
        await called(channel.send(words, nonce=sent, suppress_embeds=True))

    def note(self, address: Address, missing: str) -> None:
        """See `adapters.closed_places.NoteClosed`. Discord says that a permission is missing, and not which."""
        channel_id = int(address.thread or address.channel)
        missing = ", ".join(self._missing(channel_id)) or missing
        log.warning("discord.may_not_write", guild=address.workspace, channel=channel_id, missing=missing)

    def _missing(self, channel_id: int) -> list[str]:
        channel = self._client.get_channel(channel_id)
        if not isinstance(channel, discord.TextChannel | discord.Thread) or channel.guild.me is None:
            return []
        may = channel.permissions_for(channel.guild.me)
        is_thread = isinstance(channel, discord.Thread)
        needed = {
            "view_channel": may.view_channel,
            "send_messages_in_threads" if is_thread else "send_messages": (
                may.send_messages_in_threads if is_thread else may.send_messages
            ),
        }
        return [name for name, is_given in needed.items() if not is_given]
