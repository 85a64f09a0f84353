"""A course's layout, read from a file's path: which lesson, which language, which original it translates, or none.

Knows the three ways courses lay out translations; reads no file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath

from bot.lessons.language.languages import tag_of
from bot.lessons.lesson_numbers import number_of, unnumbered


class Skip(StrEnum):
    """Why a file was not taken. Each has a sentence, `ingest.skip_…`."""

    OTHER_KIND = "other_kind"
    HIDDEN = "hidden"
    NOT_A_LESSON = "not_a_lesson"
    ENGLISH_COPY = "english_copy"
    TWICE = "twice"
    OTHER_LANGUAGE = "other_language"
    EMPTY = "empty"
    NOT_TEXT = "not_text"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    LINK = "link"
    UNREADABLE = "unreadable"
    UNLISTED = "unlisted"
    ELSEWHERE = "elsewhere"
    UNSAFE = "unsafe"
    BESIDE = "beside"
    POINTER = "pointer"
    NOT_WANTED = "not_wanted"
    OLD_EDITION = "old_edition"
    NO_READER = "no_reader"
    LOCKED = "locked"
    COSTLY = "costly"
    PICTURES = "pictures"
    FIGURE = "figure"


MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn", ".mdx", ".qmd", ".rmd"})
NOTEBOOK = frozenset({".ipynb"})
HTML = frozenset({".html", ".htm", ".xhtml"})
PLAIN = frozenset({".txt", ".text"})
SUBTITLES = frozenset({".vtt", ".srt", ".sbv"})
ASCIIDOC = frozenset({".adoc", ".asciidoc", ".asc"})
RST = frozenset({".rst", ".rest"})
DOCUMENTS = frozenset({".pdf", ".pptx", ".docx"})
LESSONS = MARKDOWN | NOTEBOOK | HTML | PLAIN | SUBTITLES | ASCIIDOC | RST | DOCUMENTS
# What people write lessons in, too, and nothing here reads.
UNREAD_TEXTS = frozenset({
    ".creole", ".djot", ".doc", ".epub", ".mediawiki", ".odp", ".odt", ".org",
    ".pod", ".ppt", ".rdoc", ".rtf", ".tex", ".textile", ".typ", ".wiki",
})  # fmt: skip
FOREIGN = frozenset({"node_modules", "venv", "site-packages", "__pycache__", "vendor"})
INDEX = frozenset({"readme", "index"})
# Files about a repository, and instructions to coding agents: a bot that read those would take orders from its corpus.
ABOUT = frozenset({
    "agents", "authors", "changelog", "citation", "claude", "code_of_conduct", "codeowners", "contributing",
    "contributors", "copilot-instructions", "gemini", "governance", "issue_template", "license", "maintainers",
    "notice", "privacy", "pull_request_template", "security", "skill", "support", "third_party_notices", "translations",
})  # fmt: skip
# Plain text and pages that serve programs, wherever they lie.
SERVING = re.compile(
    r"requirements|constraints|robots|humans|cmakelists|manifest|version|output|stop_?words|404|search"
    r"|.*licen[cs]e|copyright|.*credits$|changelog|authors|contributors"
)
BUILT = frozenset({
    "_build", "_site", "assets", "bin", "build", "data", "dataset", "datasets", "dist", "fixtures", "fonts", "images",
    "img", "input", "inputs", "layout", "layouts", "output", "outputs", "overrides", "partials", "public", "resource",
    "resources", "site", "solution", "solutions", "src", "static", "support", "templates", "test", "tests", "theme",
    "themes",
})  # fmt: skip
# Where the documents are figures of lessons, or what exercises read.
FIGURES = frozenset({
    "_build", "_img", "_site", "build", "callouts", "data", "dataset", "datasets", "diagrams", "dist", "fixtures",
    "fonts", "icons", "images", "img", "imgs", "layouts", "logo", "logos", "pics", "pictures", "plots", "site",
    "templates", "test", "tests", "theme", "themes", "thumbnails",
})  # fmt: skip
FIGURE = re.compile(r"fig(?:ure)?s?(?:[-_].*)?$|.*_(?:files|cache)$")
# How deep the list of a book's chapters lies at most.
TOP = 3
ORDERS = re.compile(r"\.(?:instructions|prompt|agent|chatmode)$")
# Folders that may stand between a part and its lessons.
BETWEEN = frozenset({"lessons", "chapters", "modules", "sessions", "units", "docs", "course", "content"})


DOCUSAURUS = re.compile(
    r"(.*/)?i18n/([^/]+)/docusaurus-plugin-content-(docs|blog|pages)(?:-([^/]+))?/(?:current/|version-[^/]+/)?(.+)"
)
# Folders that are languages may have as many others beside them: pictures, code.
MOST_OTHERS = 2


# A cohort's year is part of the number where the same lesson is there for several.
YEAR = re.compile(r"(?:19|20)\d\d$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a file belongs. `original` is the path of what it translates, its own where it translates nothing.

    `is_told`: its path says which language it is in.
    """

    original: str
    language: str
    lesson: str
    number: tuple[int, ...]
    is_translation: bool
    is_told: bool = False


def why_not(path: str) -> Skip | None:
    """Return why a file with this path is no lesson; None where it may be one."""
    original = PurePosixPath(_original(path, ())[0])
    parts = PurePosixPath(path).parts
    if any(part.startswith(".") for part in parts) or FOREIGN & {part.lower() for part in parts[:-1]}:
        return Skip.HIDDEN
    if original.suffix.lower() not in LESSONS:
        return Skip.OTHER_KIND
    stem = original.stem
    is_guide = stem == "SUMMARY" and len(original.parts) < TOP and not number_of(original.parts[0])
    is_about = is_guide or (stem.lower() in ABOUT and (stem.isupper() or len(original.parts) == 1))
    return Skip.NOT_A_LESSON if is_about or stem.startswith("_") or ORDERS.search(stem.lower()) else None


def parents_of(spot: Spot) -> tuple[str, ...]:
    """Return the folders above a lesson that are no part of its name: `cohorts`, `2024` of `cohorts/2024/01-intro`."""
    folders = PurePosixPath(spot.original).parts
    first = spot.lesson.partition("/")[0]
    at = next((at for at, name in enumerate(folders) if name in {first, f"{first}{PurePosixPath(name).suffix}"}), 0)
    return tuple(name for name in folders[:at] if name.lower() not in BETWEEN)


def below(spot: Spot, parents: Sequence[str]) -> Spot:
    """Return a lesson under the name and number it has where others of its name lie elsewhere in the course."""
    years = tuple(int(name) for name in parents if YEAR.match(name))
    return replace(spot, lesson="/".join([*parents, spot.lesson]), number=(*years, *spot.number))


def is_plain(path: str) -> bool:
    """Whether a file is plain text."""
    return _suffix(path) in PLAIN


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def is_loose(path: str) -> bool:
    """Whether a file is of a format that courses have for other ends as well: plain text and web pages."""
    return _suffix(path) in HTML | PLAIN


def serves(path: str) -> bool:
    """Whether a file of such a format is there for programs, or made by one."""
    pure = PurePosixPath(path)
    parts = {part.lower() for part in pure.parts[:-1]}
    is_built = bool(BUILT & parts) or any(part.startswith("_") for part in parts)
    return is_built or SERVING.match(pure.stem.lower()) is not None


def is_document(path: str) -> bool:
    """Whether a file is of a format that documents are printed, shown or sent in."""
    return _suffix(path) in DOCUMENTS


def is_figure(path: str) -> bool:
    """Whether such a file is there for lessons, and none itself."""
    parts = {part.lower() for part in PurePosixPath(path).parts[:-1]}
    return bool(FIGURES & parts) or any(FIGURE.match(part) for part in parts)


def spot_of(path: str, *, among: Collection[str], folders: Collection[str] = ()) -> Spot:
    """Return where a file belongs; `among` are the paths of the whole course, `folders` those that are languages."""
    original, language = _original(path, among, folders)
    lesson, number = _lesson(PurePosixPath(original))
    return Spot(
        original=original,
        language=language or "en",
        lesson=lesson,
        number=number,
        is_translation=bool(language) and (language != "en" or _is_in_translations(path)),
        is_told=bool(language),
    )


def named(name: str) -> str:
    """Return a folder's or file's name as a title."""
    return re.sub(r"[-_\s]+", " ", unnumbered(name)).strip(" .") or name


def language_folders(paths: Collection[str]) -> frozenset[str]:
    """Return the folders that are languages: named so like others beside them, or with files that lie beside as well.

    `paths` are the course's lessons.
    """
    beside: defaultdict[PurePosixPath, set[str]] = defaultdict(set)
    for path in paths:
        for folder in PurePosixPath(path).parents:
            if folder.name:
                beside[folder.parent].add(folder.name)
    found = set()
    for parent, names in beside.items():
        tags = {name for name in names if tag_of(name)}
        among_tags = len({tag_of(name) for name in tags}) > 1 and MOST_OTHERS * len(tags) >= len(names)
        found |= {str(parent / name) for name in tags if among_tags or _lies_beside(parent, name, paths)}
    return frozenset(found)


def _lies_beside(parent: PurePosixPath, name: str, paths: Collection[str]) -> bool:
    """Whether a folder holds, under the same paths, files that lie beside it as well."""
    top = f"{parent / name}/"
    inside = [path.removeprefix(top) for path in paths if path.startswith(top)]
    return bool(inside) and all(str(parent / path) in paths for path in inside)


def _is_in_translations(path: str) -> bool:
    return any(part.lower() == "translations" for part in PurePosixPath(path).parts[:-1])


def _original(path: str, among: Collection[str], folders: Collection[str] = ()) -> tuple[str, str]:
    """Return the path of what a file translates, and its language; the path itself and "" where it is an original."""
    if (found := DOCUSAURUS.fullmatch(path)) and tag_of(found[2]):
        return f"{found[1] or ''}{found[4] or found[3]}/{found[5]}", tag_of(found[2])
    parts = PurePosixPath(path).parts
    stem, suffix = PurePosixPath(path).stem, PurePosixPath(path).suffix
    base, _, code = stem.rpartition(".")
    for at, part in enumerate(parts[:-1]):
        if part.lower() != "translations":
            continue
        if at + 2 < len(parts) and (language := tag_of(parts[at + 1])):
            return "/".join(parts[:at] + parts[at + 2 :]), language
        if at + 2 == len(parts) and base and (language := tag_of(code)):
            return "/".join([*parts[:at], base + suffix]), language
    for at in range(1, len(parts)):
        if "/".join(parts[:at]) in folders:
            return "/".join(parts[: at - 1] + parts[at:]), tag_of(parts[at - 1])
    beside, language = _named_for_language(path)
    return (beside, language) if beside in among else (path, "")


def _named_for_language(path: str) -> tuple[str, str]:
    """Return what a file's name is without the language at its end, and the language; "" for both where it has none.

    `name.fr.md` for any name; `README_fr.md` and `index-fr.md` for first pages alone, as `sign-in.md` is no Indonesian.
    """
    pure = PurePosixPath(path)
    found = re.fullmatch(r"(.+)\.([\w-]+)|((?i:readme|index))[-_]([\w-]+)", pure.stem)
    base, code = (found[1] or found[3], found[2] or found[4]) if found else ("", "")
    return (str(pure.with_name(base + pure.suffix)), tag_of(code)) if tag_of(code) else ("", "")


def _lesson(original: PurePosixPath) -> tuple[str, tuple[int, ...]]:
    """Return a lesson's name and number: its numbered folders, or the path of a file in none."""
    names: list[str] = []
    number: tuple[int, ...] = ()
    *folders, _ = original.parts
    is_index = original.stem.lower() in INDEX
    for name in [*folders, *([] if is_index else [original.stem])]:
        if found := number_of(name):
            names.append(name)
            number += found
        elif names and name.lower() not in BETWEEN:
            break
    if names:
        return "/".join(names), number
    return "/".join(folders) if is_index and folders else str(original.with_suffix("")), ()
