"""The files of courses as a source offers them: what is known of each before it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bot.domain.citable import citable
from bot.lessons.course_layout import INDEX, Skip

# Co-op Translator keeps one beside the translations of each language: what each was made from.
TRANSLATOR_FILE = ".co-op-translator.json"
# Beside copied courses: where each file came from.
MANIFEST = "manifest.json"
# In place of a site's address: citations lead to the sources.
NO_SITE = "none"
# Which pages a course's site has, in which order; in any case of letters.
NAVIGATION = frozenset({
    "_bookdown.yaml", "_bookdown.yml",
    "_quarto.yaml", "_quarto.yml", "_toc.yaml", "_toc.yml", "mkdocs.yaml", "mkdocs.yml", "myst.yaml", "myst.yml",
    "sidebars.cjs", "sidebars.js", "sidebars.json", "sidebars.mjs", "sidebars.ts", "summary.md",
})  # fmt: skip
# What tells where a course's own site is, and which address its pages have; in any case of letters.
SITE_SETTINGS = frozenset({
    ".readthedocs.yaml", ".readthedocs.yml", "_config.toml", "_config.yaml", "_config.yml", "_index.md", "book.toml",
    "cname", "conf.py", "docusaurus.config.cjs", "docusaurus.config.js", "docusaurus.config.mjs",
    "docusaurus.config.mts", "docusaurus.config.ts", "index.md", "readme.md", "versions.json",
    *(
        f"{name}.{suffix}"
        for name in ("config", "hugo", "languages", "markup", "module", "permalinks")
        for suffix in ("json", "toml", "yaml", "yml")
    ),
})  # fmt: skip
# Hugo's settings may lie in a folder, one for each part of them.
SETTINGS_FOLDERS = ("config/_default", "config/production")
# Beside a first page; beside any other lesson it begins with that one's name: `chapter.quiz.yml`.
QUIZ = "quiz"
QUIZ_SUFFIXES = (".yml", ".yaml")


def is_quiz(path: str) -> bool:
    """Whether a file holds the quiz of a lesson beside it."""
    pure = PurePosixPath(path.lower())
    return pure.suffix in QUIZ_SUFFIXES and (pure.stem == QUIZ or pure.stem.endswith(f".{QUIZ}"))


def quizzes_of(lesson: str) -> list[str]:
    """Return the paths at which a lesson's quiz may lie."""
    pure = PurePosixPath(lesson)
    names = [f"{pure.stem}.{QUIZ}", *([QUIZ] if pure.stem.lower() in INDEX else [])]
    return [pure.with_name(f"{name}{suffix}").as_posix() for name in names for suffix in QUIZ_SUFFIXES]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFile:
    """One file. `path` is its path in the source, `place` its path in the course's own repository.

    `url` is its canonical address, "" where none is known; `is_canonical`: a manifest says so, and it wins. A manifest
    may tell `lesson` and `language`; "" elsewhere. `is_known_here_alone`: it lies in a clone, and git does not know it.
    """

    path: str
    place: str
    course: str
    url: str = ""
    lesson: str = ""
    language: str = ""
    is_canonical: bool = False
    is_known_here_alone: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", citable(self.url))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSource:
    """Where courses come from: `name` is the same at every visit, `read` gives a file's bytes.

    `version` is the part of the addresses that changes with every change to any file (a commit), "" where there is
    none. `skipped` are files the source could not offer. `site` is the address of the course's own site as it was
    given, "none" to cite sources alone, "" to look for it; `around` are files that tell of it by their places in the
    course's repository, where they lie above what was named. `origin` is the address of the repository it is part of,
    "" where it is in none.
    """

    name: str
    files: tuple[CourseFile, ...]
    read: Callable[[str], bytes]
    version: str = ""
    skipped: tuple[tuple[str, Skip], ...] = ()
    site: str = ""
    around: Mapping[str, bytes] = field(default_factory=dict)
    origin: str = ""
