"""Validation of requests and of the manifest against the types Slack publishes, as JSON Schemas built from npm.

`npm ci && npm run build` in `tests/lab/slack/schemas` writes the file this module reads; without it nothing is
validated, and `skip_reason` says so.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

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
        validator = self._validators.get(name)
        if validator is None or validator.is_valid(value):
            return None
        error = best_match(validator.iter_errors(value))
        return f"{error.json_path}: {error.message[:300]}"


@functools.cache
def load_schemas(path: Path = PATH) -> Schemas:
    """Return the schemas that were built; empty ones where they were not."""
    return Schemas(json.loads(path.read_text()) if path.exists() else {})
