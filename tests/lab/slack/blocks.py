"""Reading blocks: what can be pressed in them and what they say."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def elements_of(block: Json) -> list[Json]:
    """Return a block's interactive elements: of actions and context actions, a section's accessory, an input's own."""
    single = [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    return [*single, *[one for one in block.get("elements", []) if isinstance(one, dict)]]


def find_element(blocks: list[Json], action_id: str) -> tuple[Json, Json]:
    """Return the block and the element with this action id. Raises: LookupError."""
    for block in blocks:
        for element in elements_of(block):
            if element.get("action_id") == action_id:
                return block, element
    raise LookupError(action_id)


def texts_of(block: Json) -> list[str]:
    """Return what a block says, without the labels of its buttons, in reading order."""
    return [text for text, _ in texts_and_kinds(block)]


def texts_and_kinds(block: Json) -> list[tuple[str, str]]:
    """Return what a block says, each text with how it is read: "markdown", "mrkdwn" or "plain_text"."""
    if block.get("type") == "markdown":
        return [(str(block.get("text", "")), "markdown")]
    if block.get("type") == "data_table":
        rows = (" | ".join(str(cell.get("text")) for cell in row) for row in block.get("rows", []))
        return [(words, "plain_text") for words in (str(block.get("caption")), *rows)]
    if block.get("type") == "data_visualization":
        return [(str(block.get("title")), "plain_text")]
    found = [block.get("text"), *block.get("fields", [])]
    if block.get("type") == "context":
        found += block.get("elements", [])
    return [
        (one["text"], str(one.get("type")))
        for one in found
        if isinstance(one, dict) and isinstance(one.get("text"), str)
    ]
