"""Logs: one stream, structured, with every secret left out.

Events are a name and key-values; what people write, prompts and tokens are never among them. What libraries log
through `logging` comes out in the same form, from warnings on.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TextIO, cast

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

LEAST_OF_LIBRARIES = logging.WARNING
HIDDEN = "***"

Renderer = Callable[[WrappedLogger, str, EventDict], str]


class LogStream(Protocol):
    """What lines are written to: a text stream, or a `LogWriter`."""

    def write(self, text: str, /) -> int:
        """Write a line."""
        ...

    def flush(self) -> None:
        """Let it be seen."""
        ...

    def isatty(self) -> bool:
        """Whether a terminal shows it."""
        ...


def configure(*, level: str, form: str, secrets: Sequence[str] = (), stream: LogStream | None = None) -> None:
    """Set up logging for the process: `form` is "console", "json" or "plain" (short lines under a chat).

    `stream` is standard error by default. May be called again; the last call wins.
    """
    target = stream or sys.stderr
    least = logging.getLevelNamesMapping()[level.upper()]
    shared = _shared(form)
    render = without(secrets, _renderer(form, is_terminal=target.isatty()))
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", target)),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        ProcessorFormatter(
            processors=[ProcessorFormatter.remove_processors_meta, render],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(least, LEAST_OF_LIBRARIES), force=True)
    logging.captureWarnings(capture=True)


def without(secrets: Sequence[str], render: Renderer) -> Renderer:
    """Return a renderer that leaves these values out of whatever it writes: a library's URL, a traceback's text."""
    hidden = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def redacted(logger: WrappedLogger, method: str, event: EventDict) -> str:
        line = render(logger, method, event)
        for secret in hidden:
            line = line.replace(secret, HIDDEN)
        return line

    return redacted


def _shared(form: str) -> list[Processor]:
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json":
        processors.append(structlog.processors.format_exc_info)
    return processors


def _renderer(form: str, *, is_terminal: bool) -> Renderer:
    match form:
        case "json":
            return _json
        case "plain":
            return _plain
        case _:
            return structlog.dev.ConsoleRenderer(
                colors=is_terminal, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
            )


def _json(logger: WrappedLogger, method: str, event: EventDict) -> str:
    line = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)(logger, method, event)
    return line if isinstance(line, str) else line.decode()


def _plain(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """Render `lyceum: warning: model.slow host=…`, without a traceback: a chat is no place for one."""
    shown: dict[str, Any] = {name: event[name] for name in event if name not in _NOT_IN_PLAIN}
    values = " ".join(f"{name}={value}" for name, value in shown.items())
    return f"lyceum: {event['level']}: {event['event']} {values}".strip().replace("\n", " ")


_NOT_IN_PLAIN = frozenset({"level", "event", "timestamp", "exc_info", "stack_info"})
