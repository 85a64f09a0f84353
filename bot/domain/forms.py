"""Forms: what a person is asked for in several fields at once, before a command goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field: what it is for is the text `field.<name>`, what may stand in it `field_hint.<name>`.

    `value` stands in it already. What is typed has at most `most_chars` characters; a long one has several lines.
    """

    name: str
    most_chars: int
    value: str = ""
    is_required: bool = False
    is_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRequest:
    """Up to five fields. Sent off, it calls `command` with `arguments` and what was put into the fields, by name."""

    title: Notice
    command: str
    fields: tuple[FormField, ...]
    arguments: Mapping[str, str] = field(default_factory=dict)
