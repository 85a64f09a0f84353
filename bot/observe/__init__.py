"""Health and logs: what the operator sees of a running bot."""

from __future__ import annotations

import importlib
import sys


def _load_structlog() -> None:
    """Load structlog without rich, which it takes where that is installed, for tracebacks that nobody sees here.

    It would cost every start 0.1 s and 3.6 MB; only a chat in a terminal renders.
    """
    if {"rich", "structlog"} & sys.modules.keys():
        return
    sys.modules["rich"] = None  # type: ignore[assignment] # what is None there is not found
    try:
        importlib.import_module("structlog")
    finally:
        del sys.modules["rich"]


_load_structlog()
