"""The buttons of a message on Slack as people read them, and the press that each stands for."""

from __future__ import annotations

from collections.abc import Iterator

from tests.lab.slack import Message, SlackLab, User
from tests.lab.slack.acting import Interaction
from tests.lab.slack.state import Json

THUMBS = ("positive_button", "negative_button")


def slack_labels(message: Message) -> list[str]:
    """Return the labels of a message's buttons, Slack's own thumbs included, top to bottom."""
    return [label for label, _, _ in _buttons(message)]


async def press_label(lab: SlackLab, message: Message, label: str, user: User) -> Interaction:
    """Press the button of this label. Raises: LookupError: there is none."""
    for named, action_id, thumb in _buttons(message):
        if named == label:
            if thumb:
                return await lab.rate(message, action_id, user, good=thumb == THUMBS[0])
            return await lab.press(message, action_id, user)
    raise LookupError(label)


def _buttons(message: Message) -> Iterator[tuple[str, str, str]]:
    elements: list[Json] = [each for block in message.blocks for each in block.get("elements", [])]
    for element in elements:
        if element["type"] == "feedback_buttons":
            yield from ((element[thumb]["text"]["text"], element["action_id"], thumb) for thumb in THUMBS)
        elif element["type"] == "button":
            yield element["text"]["text"], element["action_id"], ""
