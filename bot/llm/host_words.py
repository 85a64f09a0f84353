"""What a host says of its own trouble, in its own words, fit to be read by people who are no operators."""

from __future__ import annotations

import re

MOST_CHARS = 200
# Addresses of registries carry signatures and names of the house's machines.
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"']+", re.IGNORECASE)
_MACHINE = re.compile(
    r"(?:\b(?:\d{1,3}\.){3}\d{1,3}\b|\[[0-9a-f:]{0,40}:[0-9a-z:.%]{0,40}\])(?::\d{1,5}\b)?", re.IGNORECASE
)
_SECRET = re.compile(r"\b[A-Za-z0-9+/_=-]{40,}\b")


def told_by(error: object) -> str:
    """Return the host's words on one line, without addresses and what may be secret; "…" for none."""
    words = error if isinstance(error, str) else ""
    visible = "".join(each if each.isprintable() else " " for each in words).replace("`", "'")
    for hidden in (_ADDRESS, _MACHINE, _SECRET):
        visible = hidden.sub("…", visible)
    shown = " ".join(visible.split())
    return shown if 0 < len(shown) <= MOST_CHARS else f"{shown[: MOST_CHARS - 1]}…"
