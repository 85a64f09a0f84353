"""The forms people are asked with, as Slack's modals. All a form needs later stands in it: any process may read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from adapters.slack.buttons import words
from bot.domain import FormField, FormRequest
from bot.engine.commands import Option
from bot.i18n import sentence, text

ASKING = "asked"
ABOUT = "about"
FIELDS = "fields"
# The action ids of what people fill in, and the id of the block an error stands under.
ANSWER, QUESTION, PRIVATE = "answer", "question", "private"
# What a form keeps under this name is the message it is about.
QUOTE = "quote"
# Whose message it is.
AUTHOR = "author"
TITLE_CHARS = 24
SECTION_CHARS = 3_000
# What Slack keeps with a form; nearly always more than the engine takes of a message that is asked about.
KEPT_CHARS = 3_000
MOST_TYPED = 3_000
PLACEHOLDER_CHARS = 150


class Seal(Protocol):
    """See `adapters.slack.seals.Seals.sealed`, for the one person the form is opened for."""

    def __call__(self, kept: Mapping[str, str], *, form: str) -> Mapping[str, str]:
        """Return what a form keeps, with its seal."""
        ...


def refused(field: str, said: str) -> dict[str, Any]:
    """Return the acknowledgement that leaves a form open and says under one of its fields what is in the way."""
    return {"response_action": "errors", "errors": {field: said}}


def asking_form(option: Option, *, title: str, kept: Mapping[str, str], locale: str, seal: Seal) -> dict[str, Any]:
    """Return the form that asks for what a button asks for."""
    typed = {"type": "plain_text_input", "action_id": ANSWER, "multiline": True, "max_length": MOST_TYPED}
    label = words(text(f"option.{option.name}", locale), 2_000)
    field = _field(ANSWER, label, typed, is_optional=not option.required)
    return _form(ASKING, title, [field], seal(kept, form=ASKING), locale)


def fields_form(form: FormRequest, *, kept: Mapping[str, str], locale: str, seal: Seal) -> dict[str, Any]:
    """Return a form of several fields, each in a block of its own name: an error stands under it."""
    fields = [_typed_field(field, locale) for field in form.fields]
    return _form(FIELDS, sentence(form.title, locale), fields, seal(kept, form=FIELDS), locale)


def _typed_field(field: FormField, locale: str) -> dict[str, Any]:
    typed: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": field.is_long,
        "max_length": min(field.most_chars, MOST_TYPED),
        "placeholder": words(text(f"field_hint.{field.name}", locale), PLACEHOLDER_CHARS),
    }
    if field.value:
        typed["initial_value"] = field.value
    label = words(text(f"field.{field.name}", locale), 2_000)
    return _field(field.name, label, typed, is_optional=not field.is_required)


def about_form(message: str, *, kept: Mapping[str, str], locale: str, seal: Seal) -> dict[str, Any]:
    """Return the form that asks about a message: it shows it as Slack wrote it, and keeps it to be read back."""
    marked = {"type": "mrkdwn", "text": message[:SECTION_CHARS], "verbatim": True}
    typed = {
        "type": "plain_text_input",
        "action_id": QUESTION,
        "multiline": True,
        "max_length": MOST_TYPED,
        "initial_value": text("slack.about_default", locale),
    }
    choice = {"text": words(text("slack.about_private", locale)), "value": "yes"}
    ticked = {"type": "checkboxes", "action_id": PRIVATE, "options": [choice]}
    fields = [
        _field(QUESTION, words(text("slack.about_question", locale)), typed),
        _field(PRIVATE, words(text("slack.about_readers", locale)), ticked, is_optional=True),
    ]
    blocks = [*fields, {"type": "section", "text": marked}]
    return _form(ABOUT, text("slack.about_title", locale), blocks, _with_quote(message, kept, seal), locale)


def _with_quote(message: str, kept: Mapping[str, str], seal: Seal) -> Mapping[str, str]:
    """Return what a form keeps, with as much of a message as goes into it; what escapes take is taken off the end."""
    message = message[:KEPT_CHARS]
    while (over := len(_written(seal({**kept, QUOTE: message}, form=ABOUT))) - KEPT_CHARS) > 0:
        message = message[: len(message) - max(1, over // 2)]
    return seal({**kept, QUOTE: message}, form=ABOUT)


def _written(kept: Mapping[str, str]) -> str:
    return json.dumps(kept, ensure_ascii=False)


def _field(
    name: str, label: Mapping[str, str], element: Mapping[str, Any], *, is_optional: bool = False
) -> dict[str, Any]:
    return {"type": "input", "block_id": name, "label": label, "element": element, "optional": is_optional}


def _form(
    callback: str, title: str, blocks: list[dict[str, Any]], kept: Mapping[str, str], locale: str
) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": words(title or text("slack.about_title", locale), TITLE_CHARS),
        "submit": words(text("slack.form_send", locale), TITLE_CHARS),
        "close": words(text("slack.form_close", locale), TITLE_CHARS),
        "private_metadata": _written(kept),
        "blocks": blocks,
    }
