"""Over real courses and questions, where they lie beside the repository. Asserts on figures only: no text is shown."""

from __future__ import annotations

import pytest

from tests.evaluation.keeping import ALL, PAGE, kept_scores, worse
from tests.evaluation.measuring import ENGLISH, CannotMeasureError, Material, material, measured
from tests.evaluation.vectors import ingest_in_vectors

INGEST_VECTORS = 2_217
"""What the English lessons of both courses may cost, in vectors of one sentence: a minute where they take 45 seconds.

They cost 1,663, of which reading and storing them is a fiftieth.
"""


# Where there is no index yet, taking everything in costs three minutes of processor time. Beside a busy machine's other
# work it may get a tenth of a core. What ends here hangs.
pytestmark = pytest.mark.timeout(1500)


@pytest.fixture(scope="module")
def using() -> Material:
    try:
        return material()
    except CannotMeasureError as error:
        pytest.skip(str(error))


async def test_two_courses_cost_no_more_than_so_many_sentences(using: Material) -> None:
    vectors = await ingest_in_vectors(using.course, language=ENGLISH)
    print(f"ingest of the English lessons: as {vectors:.0f} vectors of one sentence")

    assert vectors <= INGEST_VECTORS


def test_answers_are_as_good_as_the_table_says(using: Material) -> None:
    done = measured(using)
    print(done.table)

    assert worse(kept_scores(PAGE.read_text(encoding="utf-8")), done.scores[ALL]) == []
