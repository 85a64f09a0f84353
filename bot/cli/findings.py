"""`lyceum doctor` as it is read: a line for each finding, with how a fault shows and what ends it; or JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from bot.cli.output import say, tell
from bot.domain import Notice
from bot.domain.check_result import CheckResult, CheckState, told
from bot.settings import Settings, SettingsError, load


def report(*, channel: str = "", as_json: bool = False) -> int:
    """Look at everything, print what was found, and return the number of problems.

    Raises:
        SettingsError: the settings are wrong; as JSON they are printed first.
        UserError: the channel cannot be one.
    """
    try:
        settings = load()
    except SettingsError as error:
        if as_json:
            print_json([told("settings", problem, shows="no_start") for problem in error.problems])
        raise
    return report_on(settings, channel=channel, as_json=as_json)


def report_on(settings: Settings, *, channel: str = "", as_json: bool = False) -> int:
    """Do the same for settings that were read."""
    from bot.observe import logs
    from bot.runtime.doctor import examine

    logs.configure(level="error", form="plain", secrets=settings.secrets())
    findings = asyncio.run(examine(settings, channel=channel))
    problems = sum(not finding.is_well for finding in findings)
    if as_json:
        print_json(findings)
        return problems
    for finding in findings:
        say_finding(finding)
    say(Notice("doctor.problems" if problems else "doctor.well", {"count": problems}))
    return problems


def say_finding(finding: CheckResult) -> None:
    """Print one finding."""
    say(Notice(f"doctor.{finding.state.value}", {"finding": finding.notice}))
    if finding.shows is not None:
        say(Notice("doctor.shows", {"shows": finding.shows}))
    if finding.fix is not None:
        say(Notice("doctor.fix", {"fix": finding.fix}))


def print_json(findings: Sequence[CheckResult]) -> None:
    """Print all findings as one JSON object; the keys name the sentences in every language."""
    rows = [
        {
            "area": finding.area,
            "state": finding.state.value,
            "key": finding.notice.key,
            "finding": tell(finding.notice),
            "shows": tell(finding.shows) if finding.shows else None,
            "fix": _fix(finding),
        }
        for finding in findings
    ]
    is_well = all(finding.is_well for finding in findings)
    print(json.dumps({"well": is_well, "findings": rows}, ensure_ascii=False, indent=2), flush=True)


def _fix(finding: CheckResult) -> str | None:
    """Return what ends a fault; the sentences of the start say it themselves."""
    if finding.state is not CheckState.PROBLEM:
        return None
    return tell(finding.fix or finding.notice)
