"""The forms people are asked with, as Slack's modals. All a form needs later stands in it: any process may read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from adapters.buttons import Press
from adapters.slack.buttons import words
from bot.engine.commands import find_option
from bot.i18n import text

ASKING = "asked"
ABOUT = "about"
# The action ids of what people fill in, and the id of the block an error stands under.
ANSWER, QUESTION, PRIVATE = "answer", "question", "private"
TITLE_CHARS = 24
# More than the engine takes of a message that is asked about.
SECTION_CHARS = 3_000
MOST_TYPED = 3_000


def asking_form(called: Press, *, title: str, kept: Mapping[str, str], locale: str) -> dict[str, Any]:
    """Return the form that asks for what a button asks for."""
    option = find_option(called.command, called.asks)
    typed = {"type": "plain_text_input", "action_id": ANSWER, "multiline": True, "max_length": MOST_TYPED}
    label = words(text(f"option.{called.asks}", locale), 2_000)
    field = _field(ANSWER, label, typed, is_optional=option is None or not option.required)
    return _form(ASKING, title, [field], kept, locale)


def about_form(message: str, *, kept: Mapping[str, str], locale: str) -> dict[str, Any]:
    """Return the form that asks about a message. It shows the message as Slack wrote it, and is read back."""
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
    return _form(ABOUT, text("slack.about_title", locale), [*fields, {"type": "section", "text": marked}], kept, locale)


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
        "private_metadata": json.dumps(kept),
        "blocks": blocks,
    }
