"""Forms: what a person is asked for before a press or a command goes on. What they carry outlives the process."""

from __future__ import annotations

from typing import Any

import discord
import structlog
from discord.ui import Label, Modal, Select, TextInput

from adapters.base import PostFailed, Undeliverable
from adapters.discord.calls import called
from bot.engine.commands import Option
from bot.i18n import text

LABEL_CHARS = 45
FIELD_CHARS = 4000
REASON_CHARS = 1000
OTHERS = "all"
QUESTION, MESSAGE, READERS = "question", "message", "readers"
ABOUT_PREFIX = "about:"
_CUSTOM_ID_CHARS = 100

log = structlog.get_logger(__name__)


def asking_for(option: Option, *, custom_id: str, locale: str) -> Modal:
    """Return the form for one option of a command, which a press is missing."""
    words = text(f"option.{option.name}", locale)
    modal = _modal(text("discord.form", locale), custom_id)
    field = TextInput[Modal](
        style=discord.TextStyle.paragraph,
        custom_id=option.name,
        required=option.required,
        max_length=REASON_CHARS,
    )
    modal.add_item(Label(text=words[:LABEL_CHARS], component=field))
    return modal


def asking_about(author: str, message: str, *, locale: str, is_shared: bool) -> Modal:
    """Return the form of "Ask about this message": the question, the message, and, among others, who reads the answer.

    The message stands in it to be sent back: nobody has to keep it meanwhile, and the person may shorten it.
    """
    modal = _modal(text("discord.about", locale), f"{ABOUT_PREFIX}{author}"[:_CUSTOM_ID_CHARS])
    question = TextInput[Modal](
        style=discord.TextStyle.paragraph,
        custom_id=QUESTION,
        default=text("discord.about.default", locale),
        max_length=FIELD_CHARS,
    )
    quoted = TextInput[Modal](
        style=discord.TextStyle.paragraph,
        custom_id=MESSAGE,
        default=message[:FIELD_CHARS],
        required=False,
        max_length=FIELD_CHARS,
    )
    readers = Select[Modal](custom_id=READERS, options=list(_readers(locale)))
    fields = [("question", question), ("message", quoted), *([("readers", readers)] if is_shared else [])]
    for key, field in fields:
        modal.add_item(Label(text=text(f"discord.about.{key}", locale)[:LABEL_CHARS], component=field))
    return modal


def _readers(locale: str) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=text("discord.about.me", locale), value="me", default=True),
        discord.SelectOption(label=text("discord.about.all", locale), value=OTHERS),
    ]


def _modal(title: str, custom_id: str) -> Modal:
    modal = Modal(title=title[:LABEL_CHARS], custom_id=custom_id)
    modal.stop()  # finished from the start: discord.py does not keep it
    return modal


async def opened(interaction: discord.Interaction[Any], modal: Modal) -> None:
    """Answer an interaction with a form. One that comes too late is left to be pressed again."""
    try:
        await called(interaction.response.send_modal(modal))
    except (Undeliverable, PostFailed) as error:
        log.warning("discord.form_lost", cause=str(error.__cause__))
