"""The platform's limits on texts and blocks that its published types do not state. Characters are code points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.lab.slack.blocks import Json, elements_of, texts_of
from tests.lab.slack.errors import Refused
from tests.lab.slack.figures import figure_problems

TEXT, UPDATE_TEXT, MARKDOWN, ALL_BLOCKS = 40_000, 4_000, 12_000, 13_200
MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
TEXT_OF = {"section": 3_000, "header": 150, "markdown": MARKDOWN}
ELEMENTS_OF = {"actions": 25, "context": 10, "context_actions": 5}
LENGTHS = {"action_id": 255, "block_id": 255, "url": 3_000, "callback_id": 255, "private_metadata": 3_000}
OPTIONS = 100
CHUNK_FIELD = 256


def check_text(arguments: Json, *, updating: bool = False) -> None:
    """Refuse texts that are too long or do not go together. A posted text over 40,000 is cut, not refused."""
    markdown = arguments.get("markdown_text")
    if markdown is not None and (arguments.get("text") or arguments.get("blocks")):
        raise Refused("markdown_text_conflict")
    if len(markdown or "") > MARKDOWN:
        raise Refused("msg_too_long", "markdown_text is over 12,000 characters")
    if updating and len(arguments.get("text") or "") > UPDATE_TEXT:
        raise Refused("msg_too_long", "text is over 4,000 characters")
    if not any(arguments.get(key) for key in ("text", "markdown_text", "blocks", "attachments")):
        raise Refused("no_text")


def check_message_blocks(blocks: list[Json]) -> None:
    """Refuse blocks a message cannot have."""
    problems = list(_problems(blocks, "/blocks", MESSAGE_BLOCKS))
    if problems:
        raise Refused("invalid_blocks", *problems)
    if sum(len(text) for block in blocks for text in texts_of(block)) > ALL_BLOCKS:
        raise Refused("msg_blocks_too_long")


def check_view(view: Json) -> None:
    """Refuse a view Slack would not open."""
    problems = list(_problems(view.get("blocks", []), "/view/blocks", VIEW_BLOCKS))
    problems += _lengths(view, "/view")
    for key in ("title", "submit", "close"):
        if len((view.get(key) or {}).get("text", "")) > 24:
            problems.append(f"must be less than 25 characters [json-pointer:/view/{key}/text]")
    if view.get("type") == "modal" and not view.get("title"):
        problems.append("missing required field: title [json-pointer:/view]")
    if any(block.get("type") == "input" for block in view.get("blocks", [])) and not view.get("submit"):
        problems.append("missing required field: submit [json-pointer:/view]")
    if problems:
        raise Refused("invalid_arguments", *problems)


def check_chunks(chunks: list[Json]) -> None:
    """Refuse chunks a stream cannot take; the length counts per chunk, not over the stream."""
    for chunk in chunks:
        kind = chunk.get("type")
        if kind == "markdown_text" and len(chunk.get("text", "")) > MARKDOWN:
            raise Refused("msg_too_long", "a markdown_text chunk is over 12,000 characters")
        if kind in {"task_update", "plan_update"} and any(
            isinstance(value, str) and len(value) > CHUNK_FIELD for value in chunk.values()
        ):
            raise Refused("invalid_chunks", f"a field of a {kind} chunk is over 256 characters")
        if kind == "blocks":
            check_message_blocks(chunk.get("blocks", []))
        if kind not in {"markdown_text", "task_update", "plan_update", "blocks"}:
            raise Refused("invalid_chunks", f"unknown chunk type {kind}")


def check_options(options: list[Json]) -> list[str]:
    """Return what is wrong with the options offered to a select menu."""
    return list(_options(options, "/options"))


def _problems(blocks: Any, path: str, most: int) -> Iterator[str]:
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        yield f"must be an array of objects [json-pointer:{path}]"
        return
    if len(blocks) > most:
        yield f"no more than {most} items allowed [json-pointer:{path}]"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        yield f"`block_id` must be unique [json-pointer:{path}]"
    markdown = sum(len(str(block.get("text"))) for block in blocks if block.get("type") == "markdown")
    if markdown > MARKDOWN:
        yield f"markdown blocks must be less than {MARKDOWN + 1} characters together [json-pointer:{path}]"
    for number, block in enumerate(blocks):
        yield from _block(block, f"{path}/{number}")
    yield from figure_problems(blocks, path)


def _block(block: Json, path: str) -> Iterator[str]:
    kind = str(block.get("type"))
    if not isinstance(block.get("type"), str):
        yield f"missing required field: type [json-pointer:{path}]"
    for text in texts_of(block)[:1] if kind in TEXT_OF else ():
        yield from _text(text, TEXT_OF[kind], f"{path}/text")
    fields = block.get("fields", []) if kind == "section" else []
    if len(fields) > 10:
        yield f"no more than 10 items allowed [json-pointer:{path}/fields]"
    for number, one in enumerate(fields):
        yield from _text(str(one.get("text", "")), 2_000, f"{path}/fields/{number}/text")
    if len(block.get("elements", [])) > ELEMENTS_OF.get(kind, OPTIONS):
        yield f"no more than {ELEMENTS_OF[kind]} items allowed [json-pointer:{path}/elements]"
    if kind in {"actions", "context", "context_actions"} and not block.get("elements"):
        yield f"no fewer than 1 items allowed [json-pointer:{path}/elements]"
    if kind == "input" and len((block.get("label") or {}).get("text", "")) > 2_000:
        yield f"must be less than 2001 characters [json-pointer:{path}/label/text]"
    yield from _lengths(block, path)
    yield from _elements(elements_of(block), path)


def _elements(elements: list[Json], path: str) -> Iterator[str]:
    ids = [element["action_id"] for element in elements if element.get("action_id")]
    if len(ids) != len(set(ids)):
        yield f"`action_id` must be unique within a block [json-pointer:{path}]"
    for number, element in enumerate(elements):
        here = f"{path}/elements/{number}"
        yield from _lengths(element, here)
        if element.get("type") == "button":
            yield from _text(str((element.get("text") or {}).get("text", "")), 75, f"{here}/text")
            yield from _text(str(element.get("value") or "-"), 2_000, f"{here}/value")
        for name in ("positive_button", "negative_button"):
            if name in element:
                yield from _text(str((element[name].get("text") or {}).get("text", "")), 75, f"{here}/{name}/text")
                yield from _text(str(element[name].get("value") or ""), 2_000, f"{here}/{name}/value")
        yield from _text(str((element.get("placeholder") or {}).get("text", "-")), 150, f"{here}/placeholder")
        if "options" in element:
            yield from _options(element["options"], f"{here}/options")
        for group in element.get("option_groups", []):
            yield from _options(group.get("options", []), f"{here}/option_groups")


def _options(options: list[Json], path: str) -> Iterator[str]:
    if len(options) > OPTIONS:
        yield f"no more than {OPTIONS} items allowed [json-pointer:{path}]"
    if not options:
        yield f"no fewer than 1 items allowed [json-pointer:{path}]"
    for number, option in enumerate(options):
        yield from _text(str((option.get("text") or {}).get("text", "")), 75, f"{path}/{number}/text")
        yield from _text(str(option.get("value", "")), 150, f"{path}/{number}/value")
        yield from _text(str((option.get("description") or {}).get("text", "-")), 75, f"{path}/{number}/description")


def _text(text: str, most: int, path: str) -> Iterator[str]:
    if len(text) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{path}]"
    if not text:
        yield f"must be more than 0 characters [json-pointer:{path}]"


def _lengths(thing: Json, path: str) -> list[str]:
    return [
        f"must be less than {most + 1} characters [json-pointer:{path}/{key}]"
        for key, most in LENGTHS.items()
        if len(str(thing.get(key) or "")) > most
    ]
