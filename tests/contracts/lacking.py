"""What an implementation lacks by its nature: a test that needs it is skipped there by name, and says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

Lacks = Mapping[str, Mapping[str, str]]


def on_each(fixture: str, names: Iterable[str], lacks: Lacks, needs: Iterable[str]) -> pytest.MarkDecorator:
    """Run a test on each implementation by name; where one lacks what is needed, skip it with the reason.

    Raises:
        LookupError: nothing in the table lacks what is said to be needed.
    """
    needed = tuple(needs)
    unknown = set(needed) - {what for table in lacks.values() for what in table}
    if unknown:
        raise LookupError(f"no implementation lacks {unknown}")
    return pytest.mark.parametrize(fixture, [_one(name, lacks.get(name, {}), needed) for name in names], indirect=True)


def _one(name: str, lacking: Mapping[str, str], needed: Iterable[str]) -> object:
    reasons = [f"{name} lacks {what}: {lacking[what]}" for what in needed if what in lacking]
    return pytest.param(name, marks=[pytest.mark.skip(reason=reason) for reason in reasons[:1]])
