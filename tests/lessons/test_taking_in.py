"""Taking sources in as they were asked for: side by side under names of their own, and anew with the same words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.domain import Notice
from bot.domain.place_courses import SourceRequest
from bot.errors import Unavailable, UserError
from bot.lessons.ingestion import Ingestion
from bot.lessons.reading.sorting import ALL, FileSelection
from bot.lessons.sources.folders import folder_source
from bot.lessons.sources.opening import Wanted
from bot.lessons.taking_in import TakingIn, request_of
from bot.ports import Refreshed, RefreshStep
from tests.lessons.courses import BEES, BEES_HE, write
from tests.lessons.test_repositories import git
from tests.memory import FakeCourseSources, FakeEmbedder, FakeLessons

FILES: dict[str, str | bytes] = {"03-bees/README.md": BEES, "translations/he/03-bees/README.md": BEES_HE}


def taking_in(lessons: FakeLessons | None = None, sources: FakeCourseSources | None = None) -> TakingIn:
    return TakingIn(lessons=lessons or FakeLessons(), sources=sources or FakeCourseSources())


async def names(taking: TakingIn) -> list[str]:
    return sorted(await taking.lessons.courses())


async def again(taking: TakingIn, name: str) -> Refreshed:
    steps = [step async for step in taking.refresh(name)]
    assert all(isinstance(step, RefreshStep) for step in steps[:-1])
    assert isinstance(steps[-1], Refreshed)
    return steps[-1]


def repository(folder: Path, address: str) -> Path:
    git(write(folder, FILES), "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", address)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=A change")
    return folder


async def test_a_course_is_called_as_its_folder_is(tmp_path: Path) -> None:
    taking = taking_in()
    await taking.take(Wanted(source=str(write(tmp_path / "bees", FILES))), ALL)

    assert await names(taking) == ["bees"]


async def test_a_folder_of_several_words_gives_a_name_of_one(tmp_path: Path) -> None:
    taking = taking_in()
    await taking.take(Wanted(source=str(write(tmp_path / "Keeping bees", FILES))), ALL)

    assert await names(taking) == ["Keeping-bees"]


async def test_a_name_that_an_earlier_version_gave_stays(tmp_path: Path) -> None:
    taking = taking_in()
    folder = write(tmp_path / "Keeping bees", FILES)
    await Ingestion(lessons=taking.lessons).run(folder_source(folder))
    await taking.take(Wanted(source=str(folder)), ALL)

    assert await names(taking) == ["Keeping bees"]


async def test_a_course_is_called_as_somebody_wants(tmp_path: Path) -> None:
    taking = taking_in()
    await taking.take(Wanted(source=str(write(tmp_path / "x", FILES)), course="Keeping-bees"), ALL)

    assert await names(taking) == ["Keeping-bees"]


async def test_courses_of_one_name_are_told_apart_by_what_stands_above_them(tmp_path: Path) -> None:
    taking = taking_in()
    for owner in ("ada", "bo"):
        await taking.take(Wanted(source=str(write(tmp_path / owner / "docs", FILES))), ALL)

    assert await names(taking) == ["bo-docs", "docs"]


async def test_a_course_that_was_told_apart_keeps_its_name(tmp_path: Path) -> None:
    taking = taking_in()
    for owner in ("ada", "bo", "bo", "ada"):
        await taking.take(Wanted(source=str(write(tmp_path / owner / "docs", FILES))), ALL)
    await taking.forget((tmp_path / "ada/docs").as_posix())
    await taking.take(Wanted(source=str(tmp_path / "bo/docs")), ALL)

    assert await names(taking) == ["bo-docs"]


async def test_parts_of_one_repository_are_one_course(tmp_path: Path) -> None:
    taking = taking_in()
    clones = [repository(tmp_path / owner / "bees", "https://github.com/o/bees") for owner in ("ada", "bo")]
    other = repository(tmp_path / "cy/bees", "https://github.com/another/bees")
    for each in (*clones, other):
        await taking.take(Wanted(source=str(each)), ALL)

    assert await names(taking) == ["bees", "cy-bees"]


async def test_several_courses_cannot_have_one_name(tmp_path: Path) -> None:
    manifest = '[{"path": "a.md", "course": "a"}, {"path": "b.md", "course": "b"}]'
    folder = write(tmp_path / "all", {"a.md": BEES, "b.md": BEES, "manifest.json": manifest})

    with pytest.raises(UserError) as refused:
        await taking_in().take(Wanted(source=str(folder), course="one"), ALL)
    assert refused.value.key == "error.lessons_several_courses"


async def test_a_source_is_taken_in_anew_with_the_words_it_was_asked_for_with(tmp_path: Path) -> None:
    taking = taking_in()
    folder = write(tmp_path / "bees", {**FILES, "04-wax/README.md": "# Wax\n", "05-old/README.md": "# Old\n\nx\n"})
    selection = FileSelection(languages=frozenset({"he"}), without=("05-old",))
    await taking.take(Wanted(source=str(folder), base_url="https://school.test", course="hives"), selection)
    write(folder, {"translations/he/04-wax/README.md": "# שעווה\n\nשעווה נמסה בחום.\n"})
    shutil.rmtree(folder / "translations/he/03-bees")
    done = await again(taking, folder.as_posix())
    (document,) = await taking.lessons.documents()

    assert (done.added, done.changed, done.removed, done.failure) == (1, 0, 1, None)
    assert (document.course, document.language) == ("hives", "he")
    assert document.url == "https://school.test/translations/he/04-wax/README.md"


async def test_where_nothing_changed_nothing_is_stored(tmp_path: Path) -> None:
    taking = taking_in()
    folder = write(tmp_path / "bees", FILES)
    await taking.take(Wanted(source=str(folder)), ALL)
    before = await taking.lessons.generations()

    assert await again(taking, folder.as_posix()) == Refreshed(source=folder.as_posix(), unchanged=2)
    assert await taking.lessons.generations() == before


async def test_a_source_that_is_gone_leaves_the_lessons_as_they_are_and_says_why(tmp_path: Path) -> None:
    taking = taking_in()
    folder = write(tmp_path / "bees", FILES)
    await taking.take(Wanted(source=str(folder)), ALL)
    shutil.rmtree(folder)
    done = await again(taking, folder.as_posix())
    (known,) = await taking.sources.known()

    assert done.failure == known.failure == Notice("error.lessons_source", {"source": folder.as_posix()})
    assert len(await taking.lessons.documents()) == 2


async def test_an_embedder_that_fails_is_said(tmp_path: Path) -> None:
    embedder = FakeEmbedder({"bees"})
    taking = TakingIn(lessons=FakeLessons(), sources=FakeCourseSources(), embedder=embedder)
    folder = write(tmp_path / "bees", FILES)
    await taking.take(Wanted(source=str(folder)), ALL)
    embedder.broken = Unavailable("error.host_down", host="gpu1")
    write(folder, {"03-bees/README.md": f"{BEES}\nThey hum.\n"})
    done = await again(taking, folder.as_posix())

    assert done.failure == Notice("error.host_down", {"host": "gpu1"})


async def test_nobody_takes_in_what_another_process_is_taking_in(tmp_path: Path) -> None:
    taking = taking_in()
    folder = write(tmp_path / "bees", FILES)
    await taking.take(Wanted(source=str(folder)), ALL)
    await taking.sources.hold(folder.as_posix(), "another", for_s=60)

    with pytest.raises(UserError) as refused:
        await taking.take(Wanted(source=str(folder)), ALL)
    assert refused.value.key == "error.lessons_busy"
    done = await again(taking, folder.as_posix())
    assert done.failure
    assert done.failure.key == "error.lessons_busy"
    assert (await taking.sources.known())[0].failure is None


async def test_a_source_nobody_knows_is_left_as_it_is() -> None:
    done = await again(taking_in(), "/nowhere")

    assert done.failure == Notice("error.lessons_not_known", {"source": "/nowhere"})


async def test_what_was_begun_anew_and_stopped_is_free_again(tmp_path: Path) -> None:
    taking = taking_in()
    folder = write(tmp_path / "bees", FILES)
    await taking.take(Wanted(source=str(folder)), ALL)
    steps = taking.refresh(folder.as_posix())
    await anext(steps)
    await steps.aclose()

    assert (await again(taking, folder.as_posix())).failure is None


async def test_a_forgotten_source_is_taken_in_anew_no_more(tmp_path: Path) -> None:
    taking = taking_in()
    folder = write(tmp_path / "bees", FILES)
    await taking.take(Wanted(source=str(folder)), ALL)

    assert await taking.forget(folder.as_posix()) == 2
    assert list(await taking.sources.known()) == []


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("https://ada:secret@github.com/o/bees.git", "https://github.com/o/bees.git"),
        ("https://token@github.com/o/bees/tree/main/a", "https://github.com/o/bees/tree/main/a"),
        ("ssh://git:secret@host.test/o/bees", "ssh://git@host.test/o/bees"),
        ("git@github.com:o/bees.git", "git@github.com:o/bees.git"),
        ("github.com/o/bees", "github.com/o/bees"),
    ],
)
def test_no_secret_of_an_address_is_kept(source: str, kept: str) -> None:
    assert request_of(Wanted(source=source), ALL) == SourceRequest(source=kept)


def test_a_folder_is_kept_with_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "bees", FILES)

    assert request_of(Wanted(source="bees/"), ALL).source == (tmp_path / "bees").as_posix()
