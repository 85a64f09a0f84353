"""Limits of messages and components that the published schema does not state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.lab.discord.core import Problem
from tests.lab.discord.state import (
    COMPONENTS_V2,
    EPHEMERAL,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    VOICE_MESSAGE,
    Json,
    Message,
    walk,
)

CONTENT_CHARS = 2000
EMBED_CHARS = {"title": 256, "description": 4096}
EMBEDS_CHARS = 6000
V2_CHARS = 4000
V2_COMPONENTS = 40
ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT, TEXT_DISPLAY = 1, 2, 3, 4, 10
# What a bot may say of its new messages, and of those that answer interactions.
SETTABLE = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | VOICE_MESSAGE | COMPONENTS_V2
SELECTS = (3, 5, 6, 7, 8)
LINK, PREMIUM = 5, 6


def too_long(path: tuple[str | int, ...], value: object, most: int, least: int = 0) -> Iterator[Problem]:
    """Yield a problem if a text or list is longer than `most` or shorter than `least`; None has no length."""
    if not isinstance(value, str | list):
        return
    if len(value) > most:
        yield Problem(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    if len(value) < least:
        yield Problem(path, "BASE_TYPE_MIN_LENGTH", f"Must be at least {least} in length.")


def message_problems(body: Json, *, edited: Message | None = None, ephemeral_allowed: bool = False) -> list[Problem]:
    """Return what is wrong with a message's body; `edited` is the message an edit concerns."""
    flags = int(body.get("flags") or 0)
    was_v2 = bool(edited and edited.flags & COMPONENTS_V2)
    problems = [*too_long(("content",), body.get("content"), CONTENT_CHARS)]
    problems += too_long(("nonce",), body.get("nonce"), 25)
    problems += _embeds(body.get("embeds") or [])
    problems += _allowed_mentions(body.get("allowed_mentions") or {})
    problems += _attachments(body.get("attachments") or [])
    if body.get("components"):
        is_v2 = was_v2 or bool(flags & COMPONENTS_V2)
        problems += (_v2 if is_v2 else _v1)(body["components"])
        problems += _components(body["components"])
    problems += _flags(body, flags, was_v2=was_v2, ephemeral_allowed=ephemeral_allowed)
    if edited is None and flags & ~(SETTABLE | EPHEMERAL):
        problems.append(Problem(("flags",), "MESSAGE_FLAGS_INVALID", f"Only {SETTABLE} can be set on a new message."))
    return problems


def _flags(body: Json, flags: int, *, was_v2: bool, ephemeral_allowed: bool) -> Iterator[Problem]:
    if flags & EPHEMERAL and not ephemeral_allowed:
        yield Problem(("flags",), "MESSAGE_FLAGS_EPHEMERAL", "Only responses to interactions can be ephemeral.")
    if was_v2 and body.get("flags") is not None and not flags & COMPONENTS_V2:
        yield Problem(("flags",), "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "IS_COMPONENTS_V2 cannot be removed.")
    if was_v2 or flags & COMPONENTS_V2:
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(key):
                text = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                yield Problem((key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", text)


def _allowed_mentions(allowed: Json) -> Iterator[Problem]:
    for kind in ("users", "roles"):
        if kind in (allowed.get("parse") or []) and allowed.get(kind):
            text = f"parse:[{kind!r}] and {kind}: [ids...] are mutually exclusive."
            yield Problem(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", text)
        yield from too_long(("allowed_mentions", kind), allowed.get(kind), 100)


def _attachments(attachments: list[Json]) -> Iterator[Problem]:
    """Yield what is wrong with what is said of files: https://docs.discord.com/developers/resources/message."""
    yield from too_long(("attachments",), attachments, 10)
    for index, each in enumerate(attachments):
        yield from too_long(("attachments", index, "description"), each.get("description"), 1024)


def _embeds(embeds: list[Json]) -> Iterator[Problem]:
    yield from too_long(("embeds",), embeds, 10)
    total = 0
    for index, embed in enumerate(embeds):
        for path, value, most in _embed_texts(embed):
            total += len(value)
            yield from too_long(("embeds", index, *path), value, most)
        yield from too_long(("embeds", index, "fields"), embed.get("fields"), 25)
    if total > EMBEDS_CHARS:
        yield Problem(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBEDS_CHARS}")


def _embed_texts(embed: Json) -> Iterator[tuple[tuple[str | int, ...], str, int]]:
    for key, most in EMBED_CHARS.items():
        yield (key,), embed.get(key) or "", most
    yield ("footer", "text"), (embed.get("footer") or {}).get("text") or "", 2048
    yield ("author", "name"), (embed.get("author") or {}).get("name") or "", 256
    for number, field in enumerate(embed.get("fields") or []):
        yield ("fields", number, "name"), field.get("name") or "", 256
        yield ("fields", number, "value"), field.get("value") or "", 1024


def _v1(components: list[Json]) -> Iterator[Problem]:
    yield from too_long(("components",), components, 5)
    for index, part in enumerate(components):
        if part.get("type") != ACTION_ROW:
            text = 'Value of field "type" must be one of (1,). Components v2 need MessageFlags.IS_COMPONENTS_V2.'
            yield Problem(("components", index, "type"), "UNION_TYPE_CHOICES", text)


def _v2(components: list[Json]) -> Iterator[Problem]:
    parts = list(walk(components))
    if len(parts) > V2_COMPONENTS:
        text = f"The total number of components cannot exceed {V2_COMPONENTS}"
        yield Problem(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", text)
    if sum(len(part.get("content", "")) for part in parts if part.get("type") == TEXT_DISPLAY) > V2_CHARS:
        text = f"The total displayable text cannot exceed {V2_CHARS}"
        yield Problem(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", text)


def _components(components: list[Json]) -> Iterator[Problem]:
    parts = list(walk(components))
    used = Counter(part["custom_id"] for part in parts if part.get("custom_id"))
    for custom_id, times in used.items():
        if times > 1:
            text = f"Component custom id cannot be duplicated: {custom_id}"
            yield Problem(("components",), "COMPONENT_CUSTOM_ID_DUPLICATED", text)
    for part in parts:
        yield from _component(part)


def _component(part: Json) -> Iterator[Problem]:
    where = ("components",)
    yield from too_long((*where, "custom_id"), part.get("custom_id"), 100, 1)
    kind = part.get("type")
    if kind == ACTION_ROW:
        yield from _row(part.get("components") or [])
    if kind == BUTTON:
        yield from _button(part)
    if kind in SELECTS:
        yield from too_long((*where, "placeholder"), part.get("placeholder"), 150)
    if kind == STRING_SELECT:
        yield from too_long((*where, "options"), part.get("options") or [], 25, 1)
        for option in part.get("options") or []:
            for key, least in (("label", 1), ("value", 1), ("description", 0)):
                yield from too_long((*where, "options", key), option.get(key), 100, least)


def _row(inside: list[Json]) -> Iterator[Problem]:
    kinds = [part.get("type") for part in inside]
    fits = 1 <= len(kinds) <= 5 if set(kinds) <= {BUTTON} else len(kinds) == 1
    if not fits:
        text = "An action row holds one to five buttons, or one select menu."
        yield Problem(("components",), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", text)


def _button(part: Json) -> Iterator[Problem]:
    yield from too_long(("components", "label"), part.get("label"), 80)
    is_link, has_id = part.get("style") == LINK, bool(part.get("custom_id"))
    if is_link and (has_id or not part.get("url")):
        yield Problem(("components",), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A link button has a url.")
    if not is_link and part.get("style") != PREMIUM and not has_id:
        yield Problem(("components",), "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
    if not part.get("label") and not part.get("emoji") and part.get("style") != PREMIUM:
        yield Problem(("components",), "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji.")
