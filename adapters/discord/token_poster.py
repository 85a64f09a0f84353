"""Posting through an interaction's token: for the person who acted alone."""

from __future__ import annotations

from typing import Any

import discord

from adapters.base import Content
from adapters.discord.call import called
from adapters.discord.editing import EditingPoster

_ORIGINAL = "@original"


class InteractionPoster(EditingPoster):
    """Answers a deferred interaction: its original response, then follow-ups, for the person who acted alone."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        super().__init__(place=f"webhooks/{interaction.application_id}/{interaction.token}", state_id=_ORIGINAL)
        self._interaction = interaction

    async def _send(self, content: Content, *, key: str) -> str:
        del key  # follow-ups have no nonce
        message = await called(self._interaction.followup.send(content.text, ephemeral=True, wait=True))
        return str(message.id)

    async def _change(self, message_id: str, content: Content) -> None:
        if message_id == _ORIGINAL:
            await called(self._interaction.edit_original_response(content=content.text))
        else:
            await called(self._interaction.followup.edit_message(int(message_id), content=content.text))

    async def _erase(self, message_id: str) -> None:
        if message_id == _ORIGINAL:
            await called(self._interaction.delete_original_response())
        else:
            await called(self._interaction.followup.delete_message(int(message_id)))
