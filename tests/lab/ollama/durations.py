"""A keep_alive as the server reads it: strings as Go's time.ParseDuration does, numbers as seconds."""

from __future__ import annotations

import re

MOST_S = (2**63 - 1) / 1e9
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([^0-9.]*)")


def keep_alive_s(value: object, default_s: float) -> float:
    """Read a keep_alive in seconds, negative for ever; None is the default.

    Raises:
        ValueError: not a duration, in the server's words.
    """
    if value is None:
        return default_s
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        kind = {bool: "bool", list: "[]interface {}"}.get(type(value), "map[string]interface {}")
        raise ValueError(f"Unsupported type: '{kind}'")  # noqa: TRY004 - one refusal for all
    return duration_s(value) if isinstance(value, str) else float(value)


def duration_s(text: str) -> float:
    """Read a duration as Go does: "1h30m", "-1.5h", "0". Raises: ValueError, in Go's words."""
    unsigned = text[1:] if text[:1] in {"-", "+"} else text
    if unsigned == "0":
        return 0.0
    total, at = 0.0, 0
    while at < len(unsigned) or not unsigned:
        part = PART.match(unsigned, at)
        if part is None:
            raise ValueError(f'time: invalid duration "{text}"')
        total, at = total + seconds_of(part[1], part[2], text), part.end()
    if total > MOST_S:
        raise ValueError(f'time: invalid duration "{text}"')
    return -total if text.startswith("-") else total


def seconds_of(number: str, unit: str, text: str) -> float:
    """Read one number with its unit."""
    if not unit:
        raise ValueError(f'time: missing unit in duration "{text}"')
    if unit not in UNITS:
        raise ValueError(f'time: unknown unit "{unit}" in duration "{text}"')
    return float(number) * UNITS[unit]
