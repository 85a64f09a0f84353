"""Which version of the product is installed."""

from __future__ import annotations


def version() -> str:
    """Return the version of the installed distribution."""
    from importlib.metadata import version as version_of

    return version_of("lyceum-bot")
