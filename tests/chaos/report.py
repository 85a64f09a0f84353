"""The report of a run, as lines, as a picture and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.chaos.run import Result

BAR_CHARS = 50
MOST_NAMED = 12


def table(result: Result) -> str:
    """Return the figures, one a line."""
    rows = list(_rows(result))
    width = max(len(name) for name, _ in rows)
    return "".join(f"{name:<{width}}  {value}\n" for name, value in rows)


def picture(result: Result) -> str:
    """Return a bar of the answered share, and one for each thing that must not be."""
    counts, messages = result.counts, result.plan.messages
    bars = {
        "answered": len(counts.answered),
        "told": len(counts.told),
        "explained": len(counts.explained),
        "lost": len(counts.lost),
        "duplicates": len(counts.doubled),
        "out of order": len(counts.disordered) + len(counts.hasty) + len(counts.forgotten),
    }
    lines = (f"{name:<12} {'█' * _chars(number, messages):<{BAR_CHARS}} {number}" for name, number in bars.items())
    return "\n".join(lines) + "\n"


def verdict(result: Result) -> str:
    """Return the last line."""
    return f"{'Every' if result.is_perfect else 'NOT every'} message has its one answer, in order."


def complaints(result: Result) -> str:
    """Name what went wrong, some of each kind."""
    counts = result.counts
    named: dict[str, Sequence[object]] = {
        "lost": counts.lost,
        "duplicates": counts.doubled,
        "explained": counts.explained,
        "unfinished": counts.unfinished,
        "out of order on the wall": counts.disordered,
        "out of order in time": counts.hasty,
        "out of order in the history": counts.forgotten,
        "nobody's": counts.nobodys,
        "against the rules": result.violations,
        "closed without an answer": result.closed_unanswered,
    }
    lines = [f"{name}: {_some(which)}" for name, which in named.items() if which]
    remarked = sorted(counts.remarks.items())[:MOST_NAMED]
    return "\n".join([*lines, *(f"  Q-{number:06d}: {text!r}" for number, text in remarked)])


def _rows(result: Result) -> Iterator[tuple[str, object]]:
    counts, plan = result.counts, result.plan
    yield "seed", plan.seed
    yield "messages", plan.messages
    yield "answered, one whole answer each", len(counts.answered)
    yield "told why not, where that is right", len(counts.told)
    yield "answered with an explanation instead", len(counts.explained)
    yield "lost", len(counts.lost)
    yield "duplicates", len(counts.doubled)
    yield "out of order on the wall", len(counts.disordered)
    yield "out of order in time", len(counts.hasty)
    yield "out of order in the history", len(counts.forgotten)
    yield "out of order between people, on the wall", len(counts.crossed)
    yield "left unfinished on a wall, or open", len(counts.unfinished) + result.open
    yield "messages of the bot nobody asked for", len(counts.nobodys)
    yield "requests against a platform's rules", len(result.violations)
    yield "/health at the end", "well" if result.is_well else "NOT well"
    yield "conversations' places", len(plan.spots)
    yield "kill -9, restarted at once", result.kills
    yield "other ends of the process", len(result.ends)
    yield "deliveries", result.deliveries
    yield "redeliveries", result.deliveries - plan.messages
    yield "locks of the database", f"{sum(map(bool, result.locked_s))}, {sum(result.locked_s):.1f} s together"
    for name, number in sorted(result.troubles.items()):
        yield f"calls that met: {name}", number
    yield from result.others.items()
    yield "seconds", f"{result.seconds:.0f}"
    yield "answers a second", f"{len(counts.answered) / result.seconds:.1f}"


def _chars(number: int, whole: int) -> int:
    return max(1, round(BAR_CHARS * number / whole)) if number else 0


def _some(which: Sequence[object]) -> str:
    rest = len(which) - MOST_NAMED
    return ", ".join(map(str, which[:MOST_NAMED])) + (f" and {rest} more" if rest > 0 else "")
