"""What is said of a probe: what a model earned, and by which counts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import ModelCard, Notice
from bot.domain.probes import ProbeResult, ProbeTally
from bot.engine.selection import is_capable


def probe_notices(card: ModelCard) -> Sequence[Notice]:
    """Say what a model makes of lessons, or what is guessed as long as it was not measured."""
    if not card.can_chat:
        return []
    if card.probe is None:
        return [Notice(f"model.info.probe_guess_{'worded' if is_capable(card) else 'quoted'}", {"model": card.name})]
    return [_earned(card.probe), *_unknown(card.probe)]


def probe_rows(result: ProbeResult) -> Sequence[Notice]:
    """Say what was counted, a line for each language."""
    return [Notice("probe.row", _row(language, tally)) for language, tally in sorted(result.tallies.items())]


def _earned(result: ProbeResult) -> Notice:
    total = result.total
    counts = {name: getattr(total, name) for name in ("told", "facts", "wrong", "removed", "sentences")}
    words = {
        "date": f"{result.probed_at:%Y-%m-%d}",
        "verdict": _verdict(result),
        "questions": total.asked + total.open,
        **counts,
    }
    return Notice("model.info.probe", words)


def _verdict(result: ProbeResult) -> Notice:
    if not result.quoted:
        return Notice("model.info.probe_worded")
    if not result.worded:
        return Notice("model.info.probe_quoted")
    words = {"worded": ", ".join(result.worded), "quoted": ", ".join(result.quoted)}
    return Notice("model.info.probe_mixed", words)


def _unknown(result: ProbeResult) -> list[Notice]:
    languages = ", ".join(sorted(result.unknown))
    return [Notice("model.info.probe_unknown", {"languages": languages})] if languages else []


def _row(language: str, tally: ProbeTally) -> dict[str, object]:
    verdict = "worded" if tally.may_word else "unknown" if tally.is_noise else "quoted"
    names = ("told", "facts", "refused", "asked", "wrong", "removed", "sentences")
    counts = {name: getattr(tally, name) for name in names}
    return {"language": language, "verdict": Notice(f"probe.row_{verdict}"), **counts}
