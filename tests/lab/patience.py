"""How long the labs wait for what a test says will come."""

from __future__ import annotations

PATIENCE_S = 60.0
"""It ends a test whose bot hangs, and asserts no speed: what comes is seen at once.

Ten seconds were too few for a bot's process to start and connect while other tests used both cores.
"""
