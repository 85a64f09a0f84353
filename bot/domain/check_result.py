"""What a check of the set-up found: a sentence, how it shows in the channels, and the fix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.notices import Notice

SENTENCES = "check."
SHOWN = "shows."


class CheckState(StrEnum):
    """Whether what was looked at is well, worth knowing, or a fault."""

    WELL = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at. `area` names it for machines: `discord.token`.

    `shows` says how people meet the fault, `fix` what ends it; None where it is no fault, or the notice says it itself.
    """

    area: str
    state: CheckState
    notice: Notice
    shows: Notice | None = None
    fix: Notice | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be mended."""
        return self.state is not CheckState.PROBLEM


def well(area: str, key: str, **parameters: object) -> CheckResult:
    """Return that something is as it should be: the sentence is `check.<key>`."""
    return CheckResult(area, CheckState.WELL, Notice(SENTENCES + key, parameters))


def remark(area: str, key: str, **parameters: object) -> CheckResult:
    """Return what is worth knowing and no fault: the sentence is `check.<key>`."""
    return CheckResult(area, CheckState.NOTE, Notice(SENTENCES + key, parameters))


def problem(area: str, key: str, *, shows: str, **parameters: object) -> CheckResult:
    """Return a fault: the sentences are `check.<key>`, `shows.<shows>` and `check.<key>_fix`."""
    return CheckResult(
        area,
        CheckState.PROBLEM,
        Notice(SENTENCES + key, parameters),
        Notice(SHOWN + shows, parameters),
        Notice(f"{SENTENCES}{key}_fix", parameters),
    )


def told(area: str, notice: Notice, *, shows: str, **parameters: object) -> CheckResult:
    """Return a fault whose sentence says what to do, as those of the start do."""
    return CheckResult(area, CheckState.PROBLEM, notice, Notice(SHOWN + shows, parameters))
