"""Validation of requests and of the manifest against the types Slack publishes, as JSON Schemas built from npm.

`npm ci && npm run build` in `tests/lab/slack/schemas` writes the file this module reads; without it nothing is
validated, and `skip_reason` says so.
"""

from __future__ import annotations

import json
import os
from functools import cache, lru_cache
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from tests.lab.slack.blocks import Json

PATH = Path(__file__).parents[3] / ".cache" / "schemas" / "slack.json"


class Schemas:
    """One JSON Schema per method, and the manifest's under "manifest"."""

    def __init__(self, schemas: dict[str, Json]) -> None:
        self._validators = {name: Draft7Validator(schema) for name, schema in schemas.items()}

    @property
    def skip_reason(self) -> str | None:
        """Why nothing is validated, None when it is."""
        if self._validators:
            return None
        return "Slack's schemas are not built: run `npm ci && npm run build` in tests/lab/slack/schemas"

    def problem(self, name: str, value: Json) -> str | None:
        """Return what is wrong with a method's arguments or a manifest; None when nothing is, or nobody can say."""
        return self._problem(name, json.dumps(value, sort_keys=True)) if name in self._validators else None

    @lru_cache(maxsize=4_096)  # noqa: B019 - there is one of these, and bots send the same again and again
    def _problem(self, name: str, written: str) -> str | None:
        validator, value = self._validators[name], json.loads(written)
        if validator.is_valid(value):
            return None
        error = _explained(next(validator.iter_errors(value)))
        return f"{error.json_path}: {error.message[:300]}"


def _explained(error: ValidationError) -> ValidationError:
    """Return the error of the nearest alternative: of the right `type`, with no unknown names, with few complaints."""
    branches = _branches(error)
    return _explained(min(branches, key=_distance)[0]) if branches else error


def _branches(error: ValidationError) -> list[list[ValidationError]]:
    branches: dict[object, list[ValidationError]] = {}
    for cause in error.context or ():
        branches.setdefault(cause.schema_path[0], []).append(cause)
    return list(branches.values())


def _distance(causes: list[ValidationError]) -> tuple[bool, bool, int]:
    unknown = any(cause.validator == "additionalProperties" for cause in causes)
    return _is_of_another_type(causes), unknown, len(causes)


def _is_of_another_type(causes: list[ValidationError]) -> bool:
    return any(
        (cause.validator in {"const", "enum"} and list(cause.path)[-1:] == ["type"])
        or (bool(cause.context) and all(map(_is_of_another_type, _branches(cause))))
        for cause in causes
    )


@cache
def load_schemas(path: Path = PATH) -> Schemas:
    """Return the schemas that were built; empty ones where they were not."""
    return Schemas(json.loads(path.read_text()) if path.exists() else {})


def require_schemas() -> Schemas:
    """Return the schemas for a test that cannot do without: where they are not built it is skipped; in CI it fails."""
    schemas = load_schemas()
    if schemas.skip_reason and os.environ.get("CI"):
        pytest.fail(schemas.skip_reason)
    if schemas.skip_reason:
        pytest.skip(schemas.skip_reason)
    return schemas
