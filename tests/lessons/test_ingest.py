from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.errors import Unavailable
from bot.lessons.ingestion import BATCH, Ingestion, IngestReport, NoLessons, Outcome, Progress
from bot.lessons.reading.sorting import FileSelection
from bot.ports import NewDocument
from tests.lessons.courses import BEES, BEES_HE, metadata, source
from tests.memory.lessons import FakeLessons

FILES: Mapping[str, str | bytes] = {
    "03-bees/README.md": BEES,
    "04-wax/README.md": "# Wax\n\nIt melts.\n",
    "translations/he/03-bees/README.md": metadata(BEES, language="he") + BEES_HE,
}


@dataclass
class CountingEmbedder:
    """Embeds a text as its length; remembers the sizes of what it was given at once. Fails after so many batches."""

    name: str = "counting"
    dimensions: int = 1
    batches: list[int] = field(default_factory=list)
    most: int = 1000

    async def questions(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [[float(len(text))] for text in texts]

    async def passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if len(self.batches) == self.most:
            raise Unavailable("error.host_silent", model=self.name)
        self.batches.append(len(texts))
        return [[float(len(text))] for text in texts]

    async def close(self) -> None:
        self.batches.clear()


class FullLessons(FakeLessons):
    """Takes one document, then the disk is full."""

    async def put_all(self, source: str, documents: Sequence[NewDocument], *, gone: Sequence[str] = ()) -> None:
        await super().put_all(source, documents, gone=gone)
        self.broken = Unavailable("error.storage_full")


def counts(report: IngestReport) -> dict[str, int]:
    return {outcome.value: len(paths) for outcome, paths in report.taken.items() if paths} | (
        {"removed": len(report.removed)} if report.removed else {}
    )


async def test_the_first_run_takes_all_and_the_second_nothing(tmp_path: Path) -> None:
    ingestion = Ingestion(lessons=FakeLessons())
    first = await ingestion.run(source(tmp_path, FILES))
    second = await ingestion.run(source(tmp_path, FILES))

    assert (counts(first), first.chunks) == ({"added": 3}, 3)
    assert (counts(second), second.chunks) == ({"unchanged": 3}, 0)
    assert first.languages == second.languages == {"en": 2, "he": 1}


async def test_only_what_changed_is_taken_again_and_what_is_gone_leaves(tmp_path: Path) -> None:
    lessons = FakeLessons()
    ingestion = Ingestion(lessons=lessons)
    await ingestion.run(source(tmp_path, FILES))
    (tmp_path / "04-wax/README.md").unlink()
    report = await ingestion.run(source(tmp_path, {"03-bees/SETUP.md": BEES, "03-bees/README.md": f"{BEES}\nMore.\n"}))

    assert (report.taken[Outcome.ADDED], report.removed) == (["03-bees/SETUP.md"], ["04-wax/README.md"])
    assert len(await lessons.documents()) == 3


async def test_a_translation_becomes_stale_when_its_original_changes(tmp_path: Path) -> None:
    lessons = FakeLessons()
    ingestion = Ingestion(lessons=lessons)
    fresh = await ingestion.run(source(tmp_path, FILES))
    report = await ingestion.run(source(tmp_path, {"03-bees/README.md": f"{BEES}\nMore.\n"}))

    assert fresh.stale == []
    assert report.stale == ["translations/he/03-bees/README.md"]
    assert [document.is_stale for document in await lessons.documents() if document.language == "he"] == [True]


async def test_a_file_that_has_no_lesson_any_more_leaves_the_index(tmp_path: Path) -> None:
    ingestion = Ingestion(lessons=FakeLessons())
    await ingestion.run(source(tmp_path, FILES))
    report = await ingestion.run(source(tmp_path, {"04-wax/README.md": b""}))

    assert report.removed == ["04-wax/README.md"]


async def test_the_index_holds_what_was_asked_for_last(tmp_path: Path) -> None:
    lessons = FakeLessons()
    ingestion = Ingestion(lessons=lessons)
    await ingestion.run(source(tmp_path, FILES))
    report = await ingestion.run(source(tmp_path, FILES), selection=FileSelection(languages=frozenset({"he"})))

    assert len(report.removed) == 2
    assert [document.language for document in await lessons.documents()] == ["he"]


async def test_two_sources_do_not_touch_each_other(tmp_path: Path) -> None:
    lessons = FakeLessons()
    ingestion = Ingestion(lessons=lessons)
    one, two = source(tmp_path / "one", FILES), source(tmp_path / "two", FILES)
    await ingestion.run(one)
    await ingestion.run(two)

    assert await ingestion.forget(one.name) == 3
    assert set(await lessons.hashes(two.name)) == set(FILES)


async def test_a_source_without_lessons_changes_nothing(tmp_path: Path) -> None:
    lessons = FakeLessons()
    ingestion = Ingestion(lessons=lessons)
    await ingestion.run(source(tmp_path, FILES))
    with pytest.raises(NoLessons) as told:
        await ingestion.run(source(tmp_path, FILES), selection=FileSelection(paths=("05-nowhere",)))

    assert len(told.value.skipped) == 3
    assert len(await lessons.documents()) == 3


async def test_a_run_that_broke_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    lessons = FullLessons()
    with pytest.raises(Unavailable):
        await Ingestion(lessons=lessons, at_once=1).run(source(tmp_path, FILES))
    lessons.broken = None
    rest = FakeLessons(kept=lessons.kept)
    report = await Ingestion(lessons=rest).run(source(tmp_path, FILES))

    assert counts(report) == {"added": 2, "unchanged": 1}


async def test_passages_are_embedded_in_batches_with_where_they_stand(tmp_path: Path) -> None:
    lessons, embedder = FakeLessons(), CountingEmbedder()
    sections = "\n\n".join(f"## Part {number}\n\nwords" for number in range(BATCH + 1))
    await Ingestion(lessons=lessons, embedder=embedder).run(source(tmp_path, {"03-bees.md": f"# Bees\n\n{sections}"}))
    language_index = await lessons.language_index("en", model="counting")

    assert embedder.batches == [BATCH, 1]
    assert language_index.vectors[0] == [float(len("Bees > Part 0. words"))]


async def test_an_embedder_that_fails_stores_no_half_document(tmp_path: Path) -> None:
    lessons = FakeLessons()
    with pytest.raises(Unavailable):
        await Ingestion(lessons=lessons, embedder=CountingEmbedder(most=1)).run(source(tmp_path, FILES))

    assert len(await lessons.documents()) == 1


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (None, CountingEmbedder(), Outcome.CHANGED),
        (CountingEmbedder(), CountingEmbedder(), Outcome.UNCHANGED),
        (CountingEmbedder(), CountingEmbedder("another"), Outcome.CHANGED),
        (CountingEmbedder(), None, Outcome.UNCHANGED),
    ],
)
async def test_a_new_embedding_model_reads_all_again_and_a_missing_one_costs_no_vectors(
    tmp_path: Path, before: CountingEmbedder | None, after: CountingEmbedder | None, outcome: Outcome
) -> None:
    lessons = FakeLessons()
    await Ingestion(lessons=lessons, embedder=before).run(source(tmp_path, FILES))
    report = await Ingestion(lessons=lessons, embedder=after).run(source(tmp_path, FILES))

    assert len(report.taken[outcome]) == 3


async def test_another_size_of_chunks_reads_all_again(tmp_path: Path) -> None:
    lessons = FakeLessons()
    await Ingestion(lessons=lessons).run(source(tmp_path, FILES))
    report = await Ingestion(lessons=lessons, size=700).run(source(tmp_path, FILES))

    assert counts(report) == {"changed": 3}


async def test_the_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    seen: list[Progress] = []
    await Ingestion(lessons=FakeLessons(), progress=seen.append).run(source(tmp_path, FILES))

    assert [(step.done, step.total, step.chunks) for step in seen] == [(0, 3, 0), (1, 3, 1), (2, 3, 2), (3, 3, 3)]


async def test_a_file_that_cannot_be_read_now_stays_in_the_index(tmp_path: Path) -> None:
    lessons = FakeLessons()
    ingestion = Ingestion(lessons=lessons)
    await ingestion.run(source(tmp_path, FILES))
    gone = source(tmp_path, FILES)
    (tmp_path / "04-wax/README.md").unlink()
    report = await ingestion.run(gone)

    assert [each.reason.value for each in report.skipped] == ["unreadable"]
    assert len(await lessons.documents()) == 3
