"""Edits of messages that unfold no previews: Discord fetches every address it unfolds, whatever a model put into it.

discord.py sends the flag for that with new messages alone. An edit has to say it too: the "thinking ..." of an
interaction, which becomes an answer, cannot have it.
"""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord.http import MultipartParameters, handle_message_parameters
from discord.ui import View
from discord.utils import MISSING
from discord.webhook.async_ import async_context


async def edit_message(
    client: discord.Client,
    message: discord.PartialMessage,
    *,
    content: str,
    view: View | None,
    files: Sequence[discord.File],
) -> None:
    """Change a message of a channel. See `_written`."""
    with _written(client, content, view, files) as written:
        await client.http.edit_message(message.channel.id, message.id, params=written)


async def edit_by_token(
    client: discord.Client,
    hook: discord.Webhook,
    message_id: int,
    *,
    content: str,
    view: View | None,
    files: Sequence[discord.File],
) -> None:
    """Change a message that answers an interaction. See `_written`."""
    assert hook.token
    with _written(client, content, view, files) as written:
        await async_context.get().edit_webhook_message(
            hook.id,
            hook.token,
            message_id,
            session=hook.session,
            proxy=hook.proxy,
            proxy_auth=hook.proxy_auth,
            payload=written.payload,
            multipart=written.multipart,
            files=written.files,
        )


def _written(
    client: discord.Client, content: str, view: View | None, files: Sequence[discord.File]
) -> MultipartParameters:
    """Write an edit down; with a view that is `MISSING` the buttons stay, and without files what is attached."""
    return handle_message_parameters(
        content,
        flags=discord.MessageFlags(suppress_embeds=True),
        view=view,
        attachments=files or MISSING,
        previous_allowed_mentions=client.allowed_mentions,
    )
