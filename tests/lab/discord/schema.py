"""Validation of request bodies against the published schema."""

from __future__ import annotations


class Schemas:
    """The schemas built by `npm run build` in ./schemas."""
