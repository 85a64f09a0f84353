"""The check against sentences that were labelled by hand, in six languages; see `tests.lessons.claims`."""

from __future__ import annotations

from collections import Counter

from tests.lessons.claims import LANGUAGES, claims, rates

FALSE_PASS, TRUE_REMOVED = 0.02, 0.10


def test_there_are_as_many_true_ones_as_false_ones_in_each_language() -> None:
    counts = Counter((claim.passage.chunk.language, claim.is_true) for claim in claims())

    assert counts == {(language, is_true): 25 for language in LANGUAGES for is_true in (True, False)}


async def test_hardly_a_false_sentence_passes_and_hardly_a_true_one_is_removed() -> None:
    found = await rates([claim for claim in claims() if not claim.is_kept_aside])

    assert found.wrongly_passed <= FALSE_PASS, [claim.text for claim in found.passed]
    assert found.wrongly_removed <= TRUE_REMOVED, [claim.text for claim in found.removed]


async def test_so_it_is_with_what_was_written_while_the_check_was_made() -> None:
    found = await rates(claims(prefix="more_"))

    assert found.wrongly_passed <= FALSE_PASS, [claim.text for claim in found.passed]
    assert found.wrongly_removed <= TRUE_REMOVED, [claim.text for claim in found.removed]


async def test_of_what_was_kept_aside_and_written_last_nearly_as_few() -> None:
    """The figures that docs/reference/lessons.md tells."""
    aside = await rates([claim for claim in claims() if claim.is_kept_aside])
    last = await rates([*claims(prefix="last_"), *claims(prefix="end_")])

    assert (len(aside.passed), len(aside.removed)) <= (4, 12)
    assert len(aside.removed) <= 12
    assert len(last.passed) <= 2
    assert len(last.removed) <= 1
