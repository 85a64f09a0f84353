"""Where a course's files are read on its own site: their addresses there, and the anchors of their sections."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.lessons.course_layout import MARKDOWN, NOTEBOOK, RST
from bot.lessons.files import CourseFile, CourseSource
from bot.lessons.reading.lesson_text import decoded, front_of, lesson_only
from bot.lessons.reading.pages import LessonPage, NotANotebook, prose_of
from bot.lessons.reading.site_anchors import anchored, certainly_anchored, unanchored
from bot.lessons.sites.published_site import Site
from bot.lessons.sites.site_kinds import SitesFound, sites_of

REPOSITORY = re.compile(r"https://(?:github|gitlab)\.com/[\w.-]+/[\w.-]+")
MOST_BYTES = 1_000_000
# Programs that make pages of notebooks with the same rule for their headings.
OF_DOCUTILS = frozenset({"Sphinx", "Jupyter Book"})
OF_NOTEBOOKS = frozenset({"Sphinx", "Jupyter Book", "Quarto"})


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file with the address it is cited by, and the site that has it; None where it is cited by its source."""

    file: CourseFile
    site: Site | None = None

    @property
    def facts(self) -> list[str]:
        """What of the site the file's anchors depend on; nothing where there is none."""
        return [self.site.kind, self.site.rule] if self.site else []


class SiteLinks:
    """The sites of a source's courses. `today` is the date, as 2026-11-30: what is dated later is not published yet."""

    def __init__(self, source: CourseSource, *, today: str = "") -> None:
        self._source = source
        self._today = today
        self._courses: dict[str, SitesFound] = {}

    @property
    def unaddressed(self) -> list[str]:
        """The programs that make sites of the courses, where their settings do not tell an address."""
        return sorted({kind for found in self._courses.values() for kind in found.unaddressed})

    def linked(self, file: CourseFile, text: str) -> LinkedFile:
        """Return a file by its address on its course's site, where it surely has one."""
        found = self._found(file.course)
        if file.is_canonical or file.is_known_here_alone or not found.sites:
            return LinkedFile(file)
        front = front_of(text) if is_markdown(file) else None
        for site in found.sites:
            told = front.told if front else {}
            if url := site.url(file.place, told, has_front=bool(front and front.length), today=self._today):
                return LinkedFile(replace(file, url=url), site)
        return LinkedFile(file)

    def _found(self, course: str) -> SitesFound:
        if course not in self._courses:
            files = {file.place: file for file in self._source.files if file.course == course}
            urls = (REPOSITORY.match(file.url) for file in files.values())
            found = next((each[0] for each in urls if each), "")
            places = frozenset(files) | frozenset(self._source.around)
            self._courses[course] = sites_of(places, self._reader(files), told=self._source.site, repository=found)
        return self._courses[course]

    def _reader(self, files: Mapping[str, CourseFile]) -> Callable[[str], str]:
        def read(place: str) -> str:
            try:
                raw = self._source.around.get(place) if place not in files else self._source.read(files[place].path)
            except OSError:
                return ""
            return (decoded(raw[:MOST_BYTES]) or "") if raw else ""

        return read


def is_markdown(file: CourseFile) -> bool:
    """Whether a file is in Markdown or its kin."""
    return posixpath.splitext(file.path)[1].lower() in MARKDOWN


def on_site(page: LessonPage, linked: LinkedFile, text: str, *, is_translation: bool) -> LessonPage:
    """Return a page with the anchors it has on its site; as it is where it is cited by its source."""
    site = linked.site
    if site is None:
        return page
    if is_markdown(linked.file):
        return anchored(page, lesson_only(text, is_translation=is_translation), site.ids(text))
    if posixpath.splitext(linked.file.path)[1].lower() in NOTEBOOK and site.kind in OF_NOTEBOOKS:
        try:
            prose = prose_of(text)
        except NotANotebook:
            return unanchored(page)
        return anchored(page, prose, site.ids(prose))
    if linked.file.path.lower().endswith(tuple(RST)) and site.kind in OF_DOCUTILS:
        return certainly_anchored(page)
    return unanchored(page)
