"""Which of a source's files may become documents, and what each is among the others. Reads none of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bot.lessons.course_layout import (
    INDEX,
    UNREAD_TEXTS,
    Skip,
    Spot,
    below,
    is_document,
    language_folders,
    parents_of,
    spot_of,
    why_not,
)
from bot.lessons.files import MANIFEST, NAVIGATION, TRANSLATOR_FILE, CourseFile, CourseSource, is_quiz
from bot.lessons.lesson_numbers import number_of
from bot.lessons.reading.side_files import left_beside

LAST = (1000,)
# It is a lesson where it lies within one.
SUMMARY = "summary.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file that may become a document; `rank` is its place in the course's own order, () where it has none."""

    file: CourseFile
    spot: Spot
    rank: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not taken, and why."""

    path: str
    reason: Skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSelection:
    """What to take of a source: these languages (BCP 47) and these folders or files with their translations.

    Empty means all. `without` are folders or files to leave out with their translations. Paths are those of the source,
    or of the course's own repository.
    """

    languages: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def takes(self, candidate: Candidate) -> Skip | None:
        """Return None for what is taken, else why it is not."""
        file, spot = candidate.file, candidate.spot
        if self.languages and spot.language not in self.languages:
            return Skip.OTHER_LANGUAGE
        above = file.place.removesuffix(file.path)
        places = {file.place, spot.original, file.path, spot.original.removeprefix(above)}
        if _is_within(places, self.without):
            return Skip.NOT_WANTED
        return None if not self.paths or _is_within(places, self.paths) else Skip.ELSEWHERE


def _is_within(places: Collection[str], paths: Sequence[str]) -> bool:
    return any(place == path or place.startswith(f"{path}/") for path in paths for place in places)


ALL = FileSelection()


def sorted_out(
    source: CourseSource,
    selection: FileSelection,
    languages: Mapping[str, str] | None = None,
    numbers: Mapping[tuple[str, str], tuple[int, ...]] | None = None,
) -> tuple[list[Candidate], list[Skipped]]:
    """Return what may be taken, by course, number, lesson and path, and what may not.

    `languages` are what files say themselves, by path, where their paths say nothing; `numbers` are those of lessons
    whose names have none, by course and place.
    """
    candidates, skipped = _sorted_out(source, selection, languages or {})
    numbers = numbers or {}
    numbered = [_numbered(each, numbers.get((each.file.course, each.spot.original), ())) for each in candidates]
    return sorted(numbered, key=_order), skipped


def _numbered(candidate: Candidate, number: tuple[int, ...]) -> Candidate:
    if candidate.spot.number or candidate.file.lesson or not number:
        return replace(candidate, rank=number)
    return replace(candidate, spot=replace(candidate.spot, number=number))


def _sorted_out(
    source: CourseSource, selection: FileSelection, languages: Mapping[str, str]
) -> tuple[list[Candidate], list[Skipped]]:
    """Return the same in no order, numbered by their names alone."""
    candidates: list[Candidate] = []
    skipped = [Skipped(path, reason) for path, reason in source.skipped]
    courses: defaultdict[str, list[CourseFile]] = defaultdict(list)
    for file in source.files:
        name = PurePosixPath(file.path).name
        is_known = name in {TRANSLATOR_FILE, MANIFEST} or is_quiz(name)
        if is_known or (name.lower() in NAVIGATION and name.lower() != SUMMARY):
            continue
        if reason := why_not(file.place):
            skipped.append(Skipped(file.path, reason))
        else:
            courses[file.course].append(file)
    for course, files in courses.items():
        beside = left_beside(files, named=selection.paths)
        courses[course] = [file for file in files if file.path not in beside]
        skipped += [Skipped(path, reason) for path, reason in beside.items()]
    for files in courses.values():
        taken, left = _without_copies(_spotted(files, languages), selection)
        candidates += taken
        skipped += left
    return candidates, skipped


def by_reason(skipped: Iterable[Skipped]) -> dict[Skip, list[str]]:
    """Return the paths of what was skipped for each reason, the commonest first."""
    paths: defaultdict[Skip, list[str]] = defaultdict(list)
    for each in skipped:
        paths[each.reason].append(each.path)
    return dict(sorted(paths.items(), key=lambda item: -len(item[1])))


def by_suffix(skipped: Iterable[Skipped], reason: Skip = Skip.OTHER_KIND) -> list[tuple[str, int]]:
    """Return how many files of each kind were skipped for a reason, the commonest first."""
    kinds = (PurePosixPath(each.path).suffix.lower() for each in skipped if each.reason is reason)
    return Counter(kinds).most_common()


def texts_left(skipped: Iterable[Skipped]) -> list[tuple[str, int]]:
    """Return how many files of each kind lessons are often written in, and nothing here reads."""
    return [(suffix, count) for suffix, count in by_suffix(skipped) if suffix in UNREAD_TEXTS]


def is_first_page(original: str) -> bool:
    """Whether a path is the one of a course's first page, which lists its lessons."""
    path = PurePosixPath(original)
    return len(path.parts) == 1 and path.stem.lower() in INDEX


def documents_among(source: CourseSource, selection: FileSelection) -> list[CourseFile]:
    """Return the files that may be lessons and are documents; which languages they are in, nobody knows yet."""
    candidates, _ = _sorted_out(source, replace(selection, languages=frozenset()), {})
    return [each.file for each in candidates if is_document(each.file.path)]


def without_language(source: CourseSource) -> list[CourseFile]:
    """Return the files that may be lessons whose paths say nothing of their language."""
    courses: defaultdict[str, list[CourseFile]] = defaultdict(list)
    for file in source.files:
        if not file.language and not why_not(file.place):
            courses[file.course].append(file)
    found: list[CourseFile] = []
    for files in courses.values():
        among = {file.place for file in files}
        folders = language_folders(among)
        found += [file for file in files if not spot_of(file.place, among=among, folders=folders).is_told]
    return found


def _spotted(files: Iterable[CourseFile], languages: Mapping[str, str]) -> list[Candidate]:
    """Return the files with their places in the course; a translated folder with another name is its number's."""
    files = list(files)
    among = {file.place for file in files}
    folders = language_folders(among)
    candidates = [
        Candidate(file=file, spot=_told(file, spot_of(file.place, among=among, folders=folders), languages))
        for file in files
    ]
    candidates = _apart(candidates)
    lessons: defaultdict[tuple[int, ...], set[str]] = defaultdict(set)
    for each in candidates:
        if not each.spot.is_translation:
            lessons[each.spot.number].add(each.spot.lesson)
    return [replace(each, spot=_renamed(each.spot, lessons)) for each in candidates]


def _apart(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates with lessons of one name in different parts of the course under names of their own."""
    parents: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for each in candidates:
        if each.spot.number and not each.file.lesson:
            parents[each.spot.lesson].add(parents_of(each.spot))
    return [
        replace(each, spot=below(each.spot, parents_of(each.spot)))
        if len(parents[each.spot.lesson]) > 1 and not each.file.lesson
        else each
        for each in candidates
    ]


def _told(file: CourseFile, spot: Spot, languages: Mapping[str, str]) -> Spot:
    """Return the spot with what a manifest says of the file in place of what its path does, or what it says itself."""
    language = file.language or ("" if spot.is_told else languages.get(file.path, ""))
    if language:
        is_translation = spot.is_translation or language != spot.language
        spot = replace(spot, language=language, is_translation=is_translation)
    return replace(spot, lesson=file.lesson, number=number_of(file.lesson)) if file.lesson else spot


def _renamed(spot: Spot, lessons: dict[tuple[int, ...], set[str]]) -> Spot:
    same = lessons.get(spot.number, set()) if spot.number else set()
    if spot.is_translation and len(same) == 1 and spot.lesson not in same:
        return replace(spot, lesson=next(iter(same)))
    return spot


def _without_copies(candidates: Sequence[Candidate], selection: FileSelection) -> tuple[list[Candidate], list[Skipped]]:
    """Leave out what nobody asked for, English made of English, and a language that is there twice."""
    originals = {each.spot.original for each in candidates if not each.spot.is_translation}
    taken: dict[tuple[str, str], Candidate] = {}
    skipped: list[Skipped] = []
    for each in sorted(candidates, key=_newest_layout_first):
        spot = each.spot
        if reason := selection.takes(each):
            skipped.append(Skipped(each.file.path, reason))
        elif spot.is_translation and spot.language == "en" and spot.original in originals:
            skipped.append(Skipped(each.file.path, Skip.ENGLISH_COPY))
        elif (spot.original, spot.language) in taken:
            skipped.append(Skipped(each.file.path, Skip.TWICE))
        else:
            taken[spot.original, spot.language] = each
    return list(taken.values()), skipped


def _newest_layout_first(candidate: Candidate) -> tuple[bool, bool, str]:
    place = candidate.file.place
    return candidate.spot.is_translation, not place.startswith("translations/"), place


def _order(candidate: Candidate) -> tuple[str, tuple[int, ...], str, tuple[int, ...], str, str]:
    spot = candidate.spot
    first = () if is_first_page(spot.original) else LAST
    return candidate.file.course, spot.number or first, spot.lesson, candidate.rank, spot.original, spot.language
