"""Validation of request bodies against the schema Discord publishes.

`npm ci && npm run build` in ./schemas writes the file; without it the lab validates by its own rules alone and says so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

ROOT = Path(__file__).resolve().parents[3]
SCHEMA_FILE = ROOT / ".cache" / "schemas" / "discord.json"
BUILD = "npm ci && npm run build, in tests/lab/discord/schemas"


Complaint = tuple[tuple[str | int, ...], str, str]
CODES = {
    "maxLength": "BASE_TYPE_MAX_LENGTH",
    "maxItems": "BASE_TYPE_MAX_LENGTH",
    "minLength": "BASE_TYPE_MIN_LENGTH",
    "minItems": "BASE_TYPE_MIN_LENGTH",
}


@cache
def _published() -> dict[str, Any]:
    return dict(json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))) if SCHEMA_FILE.exists() else {}


@cache
def _validator(route: str) -> Draft202012Validator | None:
    published = _published()
    body = published.get("routes", {}).get(route)
    return Draft202012Validator({"$defs": published["$defs"], **body}) if body else None


@lru_cache(maxsize=4_096)
def _complaint(route: str, written: str) -> Complaint | None:
    """See `Schemas.complaint`: looked for once in each body, which bots send again and again."""
    validator = _validator(route)
    if validator is None:
        return None
    error = next(validator.iter_errors(_without_quirks(route, json.loads(written))), None)
    return _said(_meant(error)) if error else None


class Schemas:
    """The published schema, one validator per route, compiled when the route is first used."""

    def __init__(self, *, validate: bool = True) -> None:
        self._validate = validate
        if validate and not SCHEMA_FILE.exists() and os.environ.get("CI"):
            raise FileNotFoundError(f"{SCHEMA_FILE} is missing: {BUILD}")

    @property
    def skip_reason(self) -> str:
        """Why nothing is validated, "" when everything is."""
        if not self._validate:
            return "it was not wanted"
        return "" if SCHEMA_FILE.exists() else f"{SCHEMA_FILE.name} is not built ({BUILD})"

    def complaint(self, route: str, body: Any) -> Complaint | None:
        """Return what the schema finds wrong with a body; None when nothing, or when nobody knows the route's body."""
        return _complaint(route, json.dumps(body, sort_keys=True)) if self._validate else None

    def unknown_names(self, route: str, query: Iterable[str]) -> list[str]:
        """Return the query parameters that are not published for a route; Discord itself overlooks them."""
        known = _published().get("queries", {}).get(route) if self._validate else None
        return [] if known is None else [name for name in query if name not in known]


def _meant(error: ValidationError) -> ValidationError:
    """Follow a union into the member that was meant: the one whose `type` and kind of value fit."""
    members: dict[str | int, list[ValidationError]] = {}
    for inner in error.context or ():
        members.setdefault(inner.relative_schema_path[0], []).append(inner)
    fitting = [errors for errors in members.values() if not any(_is_of_another(each) for each in errors)]
    return _meant(fitting[0][0]) if fitting else error


def _is_of_another(error: ValidationError) -> bool:
    path = list(error.relative_path)
    return path == ["type"] or (not path and error.validator == "type")


def _said(error: ValidationError) -> Complaint:
    code = CODES.get(str(error.validator), "SCHEMA")
    return tuple(error.absolute_path), code, error.message[:300]


UPDATE_MESSAGE = 7
SNOWFLAKES = frozenset({"message_id", "channel_id", "guild_id", "id", "recipient_id", "parent_id"})


def _without_quirks(route: str, body: Any) -> Any:
    """Take out what discord.py sends beside the published schema, and what Discord bears."""
    if route.startswith("PUT /applications/") and isinstance(body, list):
        return [{key: value for key, value in command.items() if key != "nsfw"} for command in body]
    if not isinstance(body, dict):
        return body
    plain = _strings_for_snowflakes(body)
    edited = plain if route.startswith("PATCH /") else plain.get("data")
    if edited and (edited is plain or plain.get("type") == UPDATE_MESSAGE):
        edited.pop("tts", None)
    return plain


def _strings_for_snowflakes(value: Any, key: str = "", around: str = "") -> Any:
    """Write ints as strings where a snowflake belongs; a component's `id` is a small number and stays one."""
    if isinstance(value, dict):
        return {name: _strings_for_snowflakes(part, name, key) for name, part in value.items()}
    if isinstance(value, list):
        is_ids = key in ("users", "roles")
        return [_strings_for_snowflakes(part, "id" if is_ids else key, key) for part in value]
    is_snowflake = key in SNOWFLAKES and (around == "attachments" or _is_large(value))
    return str(value) if is_snowflake and type(value) is int else value


def _is_large(value: Any) -> bool:
    return isinstance(value, int) and value > 1 << 32
