from __future__ import annotations

from tests.evaluation.vectors import in_vectors


async def test_work_is_done_once_and_told_in_vectors_of_one_sentence() -> None:
    done = []

    def work() -> float:
        done.append("once")
        return 6.0

    took_s, vectors = await in_vectors(work)

    assert done == ["once"]
    assert took_s == 6.0
    # A vector takes some milliseconds of a processor, and on no machine a second.
    assert vectors > took_s
