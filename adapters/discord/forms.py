"""Forms: what a person is asked for before a press or a command goes on. What they carry outlives the process."""

from __future__ import annotations

from typing import Any

import discord
import structlog
from discord.ui import Label, Modal, Select, TextDisplay, TextInput

from adapters.base import PostFailed, Undeliverable
from adapters.discord.calls import called
from adapters.labels import cut_label
from bot.domain import FormRequest
from bot.engine.commands import Option
from bot.i18n import sentence, text

LABEL_CHARS = 45
FIELD_CHARS = 4000
PLACEHOLDER_CHARS = 100
REASON_CHARS = 1000
OTHERS = "all"
QUESTION, READERS = "question", "readers"
ABOUT_PREFIX = "about:"
# Enough to know the message by; the model reads more of it.
SHOWN_CHARS = 2000

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
    modal.add_item(Label(text=cut_label(words, LABEL_CHARS), component=field))
    return modal


def asking_fields(form: FormRequest, *, custom_id: str, locale: str) -> Modal:
    """Return a form of several fields."""
    modal = _modal(sentence(form.title, locale), custom_id)
    for field in form.fields:
        typed = TextInput[Modal](
            style=discord.TextStyle.paragraph if field.is_long else discord.TextStyle.short,
            custom_id=field.name,
            required=field.is_required,
            max_length=min(field.most_chars, FIELD_CHARS),
            default=field.value or None,
            placeholder=cut_label(text(f"field_hint.{field.name}", locale), PLACEHOLDER_CHARS),
        )
        modal.add_item(Label(text=cut_label(text(f"field.{field.name}", locale), LABEL_CHARS), component=typed))
    return modal


def asking_about(quoted: str, *, custom_id: str, locale: str, is_shared: bool) -> Modal:
    """Return the form of "Ask about this message": the question, the message, and, among others, who reads the answer.

    The message only stands there: it is no field, so the person can change nothing of it.
    """
    modal = _modal(text("discord.about", locale), custom_id)
    question = TextInput[Modal](
        style=discord.TextStyle.paragraph,
        custom_id=QUESTION,
        default=text("discord.about.default", locale),
        max_length=FIELD_CHARS,
    )
    modal.add_item(_labelled("question", question, locale))
    modal.add_item(TextDisplay(_shown(quoted, locale)))
    if is_shared:
        modal.add_item(_labelled("readers", Select[Modal](custom_id=READERS, options=list(_readers(locale))), locale))
    return modal


def _labelled(key: str, field: TextInput[Modal] | Select[Modal], locale: str) -> Label[Modal]:
    return Label(text=cut_label(text(f"discord.about.{key}", locale), LABEL_CHARS), component=field)


def _shown(quoted: str, locale: str) -> str:
    """Return a message as the form shows it."""
    lines = "\n".join(f"> {line}" for line in quoted.splitlines() if line.strip())
    shown = lines if len(lines) <= SHOWN_CHARS else f"{lines[:SHOWN_CHARS]} …"
    return f"{text('discord.about.message', locale)}\n{shown}"


def _readers(locale: str) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=text("discord.about.me", locale), value="me", default=True),
        discord.SelectOption(label=text("discord.about.all", locale), value=OTHERS),
    ]


def _modal(title: str, custom_id: str) -> Modal:
    modal = Modal(title=cut_label(title, LABEL_CHARS), custom_id=custom_id)
    modal.stop()  # finished from the start: discord.py does not keep it
    return modal


async def opened(interaction: discord.Interaction[Any], modal: Modal) -> None:
    """Answer an interaction with a form. One that comes too late is left to be pressed again."""
    try:
        await called(interaction.response.send_modal(modal))
    except (Undeliverable, PostFailed) as error:
        log.warning("discord.form_lost", cause=str(error.__cause__))
