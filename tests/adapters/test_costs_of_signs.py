"""What a text of whatever signs costs: no more than a few times plain prose; nobody waits for a short one."""

from __future__ import annotations

import pytest

from adapters.delivery.layout import LONGEST_AT_ONCE
from tests.bench.rig.prose import prose
from tests.bench.rig.shapes import kinds
from tests.bench.signs import CHARS, PLATFORMS, Platform
from tests.costs import Yardstick, is_ever, seconds

MOST_S = 0.050
TIMES = 3
SHORT, LONG = kinds(LONGEST_AT_ONCE), kinds(CHARS)
EVERYWHERE = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)


def plain_on(platform: Platform) -> Yardstick:
    text = prose(CHARS)
    return Yardstick(lambda: platform.show(text))


PLAIN = {platform: plain_on(platform) for platform in PLATFORMS}


@EVERYWHERE
@pytest.mark.parametrize("kind", SHORT)
def test_no_answer_that_is_laid_out_at_once_holds_anybody_up(platform: Platform, kind: str) -> None:
    # The worst takes a quarter of it.
    assert is_ever(lambda: seconds(lambda: platform.show(SHORT[kind])) < MOST_S)


@EVERYWHERE
@pytest.mark.parametrize("kind", LONG)
def test_a_long_answer_of_any_kind_takes_a_few_times_what_plain_prose_does(platform: Platform, kind: str) -> None:
    assert PLAIN[platform].outlasts(lambda: platform.show(LONG[kind]), times=TIMES)
