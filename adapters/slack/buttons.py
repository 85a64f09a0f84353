"""Buttons as Slack shows them. Two that rate an answer become Slack's own thumbs, where Slack takes those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from adapters.buttons import encode
from adapters.labels import cut_label
from bot.domain import Button
from bot.i18n import sentence, text

STOP_ACTION = "stop"
# The action ids of all other buttons begin with it; what they call stands in their values.
PRESS = "press"
RATE = "rate"
LABEL_CHARS = 75
# Slack's refusals that may be about the kind of a block.
BLOCK_ERRORS = frozenset({"invalid_arguments", "invalid_blocks", "invalid_blocks_format"})
log = structlog.get_logger(__name__)


class Controls:
    """The buttons and figures of one workspace, which either knows Slack's own kinds of them or does not."""

    def __init__(self) -> None:
        self.has_feedback = True
        self.has_tables = True

    def under(self, buttons: Sequence[Button], locale: str) -> list[dict[str, Any]]:
        """Return the blocks that go under an answer, none where there are no buttons."""
        rating = [button for button in buttons if button.command == RATE]
        if not self.has_feedback or len(rating) != len(("good", "bad")):
            return plain(buttons, locale)
        return [*plain([button for button in buttons if button not in rating], locale), _feedback(rating, locale)]

    def leave_tables(self) -> None:
        """Note that Slack refused a table or a chart: figures are told in words from now on."""
        self.has_tables = False
        log.info("slack.tables_refused")

    def simplify(self) -> bool:
        """Note that Slack refused the blocks; False where nothing plainer is left to try."""
        was_simple, self.has_feedback = not self.has_feedback, False
        if not was_simple:
            log.info("slack.feedback_buttons_refused")
        return not was_simple


def plain(buttons: Sequence[Button], locale: str) -> list[dict[str, Any]]:
    """Return the buttons as one row, no block where there are none."""
    row = [
        {"type": "button", "action_id": f"{PRESS}.{index}", **_named(button, locale)}
        for index, button in enumerate(buttons)
    ]
    return [{"type": "actions", "elements": row}] if row else []


def stop(turn_id: int, locale: str) -> dict[str, Any]:
    """Return the row with our Stop."""
    button = {
        "type": "button",
        "action_id": STOP_ACTION,
        "value": str(turn_id),
        "text": words(text("stop.button", locale)),
    }
    return {"type": "actions", "elements": [button]}


def words(label: str, chars: int = LABEL_CHARS) -> dict[str, str]:
    """Return a label as Slack takes it, cut to what it shows."""
    return {"type": "plain_text", "text": cut_label(label, chars)}


def _feedback(rating: Sequence[Button], locale: str) -> dict[str, Any]:
    good, bad = (_named(button, locale) for button in rating)
    element = {
        "type": "feedback_buttons",
        "action_id": f"{PRESS}.{RATE}",
        "positive_button": good,
        "negative_button": bad,
    }
    return {"type": "context_actions", "elements": [element]}


def _named(button: Button, locale: str) -> dict[str, Any]:
    return {"text": words(sentence(button.label, locale)), "value": encode(button)}
