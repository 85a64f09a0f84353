"""How the process stops: at a signal, in order, and within a stated time."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.observe.log_writer import drain

log = structlog.get_logger(__name__)


@contextmanager
def stop_on_signal(*, within_s: float) -> Iterator[asyncio.Event]:
    """Set the event at the first SIGINT or SIGTERM. Whoever is not done in time then, or at the second, is cut off."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    deadlines: list[asyncio.TimerHandle] = []

    def on_signal() -> None:
        if stop.is_set():
            _cut_off()
        stop.set()
        deadlines.append(loop.call_later(within_s, _cut_off))

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    try:
        yield stop
    finally:
        for deadline in deadlines:
            deadline.cancel()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _cut_off() -> None:
    log.error("stop.cut_off")
    drain()
    os._exit(1)
