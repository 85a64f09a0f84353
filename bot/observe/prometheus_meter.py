"""Figures for Prometheus: what the bot counted, as `GET /metrics` gives it in the text format.

Nothing of what people write is part of it, and no label names a person, a channel or a workspace: labels are kinds, of
which there are few. https://prometheus.io/docs/practices/naming has the rules that the names keep.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics import MetricWrapperBase

from bot.domain import ModelWork
from bot.observe.health import HealthReport

# Whoever installs a thousand models has the figures of this many by name, and those of the others together.
MOST_MODELS = 200
OTHERS = "others"
TURN_S = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
FIRST_WORD_S = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300)
DATABASE_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 10)
Metric = TypeVar("Metric", bound=MetricWrapperBase)


class PrometheusMeter:
    """See `ports.Meter`. Everything counts from the start of the process, as Prometheus expects it."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, *, version: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._models: set[str] = set()
        made = self._made
        made(Info, "lyceum_build", "The version that runs.").info({"version": version})
        self._turns = made(Counter, "lyceum_turns", "Turns that ended here.", ("platform", "state", "error"))
        self._turn_s = made(Histogram, "lyceum_turn_seconds", "From taking a turn to its end.", ("platform",), TURN_S)
        self._completions = made(Counter, "lyceum_completions", "Completions of models.", ("model", "host"))
        self._first_word_s = made(
            Histogram,
            "lyceum_first_word_seconds",
            "From asking a model to its first words, loading it included.",
            ("model", "host"),
            FIRST_WORD_S,
        )
        self._model_s = made(Counter, "lyceum_model_seconds", "Seconds that models worked.", ("model", "host"))
        self._tokens = made(Counter, "lyceum_tokens", "Tokens of prompts and answers.", ("model", "host", "kind"))
        self._lessons = made(Counter, "lyceum_lesson_answers", "What lessons made of questions.", ("outcome",))
        self._calls = made(Counter, "lyceum_platform_calls", "Calls of platforms.", ("platform", "call", "outcome"))
        self._database_s = made(Histogram, "lyceum_database_seconds", "Units of work.", ("kind",), DATABASE_S)
        self._database_errors = made(Counter, "lyceum_database_errors", "Units of work that failed.", ("kind",))
        self._parts = made(Gauge, "lyceum_part_up", "Whether a part works, as /health tells.", ("part",))
        self._hosts = made(Gauge, "lyceum_model_host_up", "Whether a model host answers.", ("host",))
        self._ready = made(Gauge, "lyceum_ready", "Whether messages are heard and kept.")
        self._open = made(Gauge, "lyceum_open_turns", "Turns nobody has answered, of all processes.", ("state",))
        self._oldest_s = made(Gauge, "lyceum_oldest_open_turn_seconds", "How long the oldest of them waits.")
        self._hung = made(Gauge, "lyceum_hung_turns", "Turns that hang here, or did a moment ago.")

    def turn_ended(self, *, platform: str, state: str, error: str, waited_s: float) -> None:
        """See `ports.Meter.turn_ended`."""
        self._turns.labels(platform, state, error).inc()
        self._turn_s.labels(platform).observe(max(waited_s, 0.0))

    def model_worked(self, work: ModelWork, *, first_word_s: float | None) -> None:
        """See `ports.Meter.model_worked`."""
        model, host = self._known(work.model), work.host
        self._completions.labels(model, host).inc()
        self._model_s.labels(model, host).inc(max(work.worked_s, 0.0))
        self._tokens.labels(model, host, "prompt").inc(max(work.prompt_tokens, 0))
        self._tokens.labels(model, host, "answer").inc(max(work.answer_tokens, 0))
        if first_word_s is not None:
            self._first_word_s.labels(model, host).observe(max(first_word_s, 0.0))

    def lessons_answered(self, outcome: str) -> None:
        """See `ports.Meter.lessons_answered`."""
        self._lessons.labels(outcome).inc()

    def platform_called(self, *, platform: str, call: str, outcome: str) -> None:
        """See `ports.Meter.platform_called`."""
        self._calls.labels(platform, call, outcome).inc()

    def database_worked(self, kind: str, took_s: float, *, has_failed: bool) -> None:
        """Count a unit of work of the database, "read" or "write", the time in line included."""
        self._database_s.labels(kind).observe(max(took_s, 0.0))
        if has_failed:
            self._database_errors.labels(kind).inc()

    def written(self, report: HealthReport) -> bytes:
        """Return all figures in the text format, with those of the health report."""
        parts = {**report.adapters, "model_host": report.model_host, "database": report.database}
        for name, part in parts.items():
            self._parts.labels(name).set(part.is_well)
        for each in report.hosts:
            self._hosts.labels(each.host).set(not each.error)
        self._ready.set(report.is_ready)
        self._hung.set(report.hung.now if report.hung else 0)
        if report.turns is not None:
            self._open.labels("waiting").set(report.turns.waiting)
            self._open.labels("running").set(report.turns.running)
            self._oldest_s.set(report.turns.oldest_s)
        return generate_latest(self._registry)

    def _known(self, model: str) -> str:
        if model not in self._models and len(self._models) >= MOST_MODELS:
            return OTHERS
        self._models.add(model)
        return model

    def _made(
        self,
        kind: Callable[..., Metric],
        name: str,
        told: str,
        labels: tuple[str, ...] = (),
        buckets: tuple[float, ...] = (),
    ) -> Metric:
        more = {"buckets": buckets} if buckets else {}
        return kind(name, told, labels, registry=self._registry, **more)
