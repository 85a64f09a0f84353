"""How far a fetched model is, in words and as a bar: how much, how fast, how much longer."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from bot.domain import Doing, ModelJob, ModelProgress, Notice, State
from bot.domain.model_jobs import FETCHING, READING, SENDING
from bot.engine.model_names import short_host

CELLS = 12
FULL, EMPTY = "█", "░"
# Speed is that of the last seconds: what counts for the time that is left.
SPEED_OVER_S = 10.0
# Before so many seconds of it, nobody can say how fast it is.
LEAST_SPEED_S = 1.0
KB, MB, GB = 10**3, 10**6, 10**9
MINUTE_S, HOUR_S = 60, 3600
BYTES_MOVE = (FETCHING, READING, SENDING)


class PullPace:
    """How fast bytes come, by what was told at which time."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, now: float, done: int) -> None:
        """Take in how much is there by now. Less than before is another file, or another try: it begins anew."""
        if self._seen and done < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[1][0] >= SPEED_OVER_S:  # noqa: PLR2004 - two points make a speed
            self._seen.popleft()

    @property
    def bytes_per_s(self) -> float:
        """The speed; 0.0 where that is not known yet, or nothing comes."""
        if len(self._seen) < 2:  # noqa: PLR2004 - as above
            return 0.0
        (since, begun), (now, done) = self._seen[0], self._seen[-1]
        return (done - begun) / (now - since) if now - since >= LEAST_SPEED_S else 0.0


def told_state(doing: Doing, job: ModelJob, progress: ModelProgress, pace: PullPace, *, has_known_room: bool) -> State:
    """Return the state a person is shown; where nobody knows the host's disk, that is said as long as bytes come."""
    moves = progress.step in BYTES_MOVE and progress.total > 0
    line = Notice("pull.moving", _figures(progress, pace)) if moves else Notice(f"pull.step.{progress.step}")
    note = Notice("pull.room_unknown") if moves and progress.step == FETCHING and not has_known_room else ""
    return State(doing, {"model": job.name, "host": short_host(job.host), "line": line, "note": note})


def _figures(progress: ModelProgress, pace: PullPace) -> Mapping[str, object]:
    share = min(1.0, progress.done / progress.total)
    speed = pace.bytes_per_s
    left_s = (progress.total - progress.done) / speed if speed else 0.0
    return {
        "bar": bar(share),
        # What is not all there is never called so.
        "percent": int(share * 100),
        "done": amount(progress.done),
        "total": amount(progress.total),
        "speed": Notice("pull.speed", {"amount": amount(int(speed))}) if speed else "",
        "left": Notice("pull.left", {"time": span(left_s)}) if speed else "",
    }


def bar(share: float) -> str:
    """Return a bar of `CELLS` signs."""
    full = int(share * CELLS)
    return FULL * full + EMPTY * (CELLS - full)


def amount(size_bytes: int) -> str:
    """Write an amount of data: in GB with a digit behind the point, else in whole MB or kB."""
    if size_bytes >= GB:
        return f"{size_bytes / GB:.1f} GB"
    return f"{size_bytes // MB} MB" if size_bytes >= MB else f"{size_bytes // KB} kB"


def span(seconds: float) -> str:
    """Write a time that is left: "1:02:03", "4:05"."""
    whole = int(seconds)
    hours, minutes, rest = whole // HOUR_S, whole % HOUR_S // MINUTE_S, whole % MINUTE_S
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
