"""`manifest.json` beside copied courses: where each file came from. The only place that knows its fields."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from bot.domain.citable import citable
from bot.errors import UserError
from bot.lessons.files import CourseFile
from bot.lessons.language.languages import tag_of

BLOB = re.compile(r"/[^/]+/[^/]+/(?:blob|raw|tree)/[^/]+/(.+)")
Told = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Entry(BaseModel):
    """A line of the manifest; other fields are left alone."""

    model_config = ConfigDict(frozen=True)

    path: Told
    course: Told = ""
    lang: Told = ""
    lesson: Told = ""
    src_path: Told = ""
    canonical_url: Told = ""


ENTRIES = TypeAdapter(list[Entry])


def read_manifest(raw: bytes) -> Mapping[str, CourseFile] | None:
    """Return the files a manifest tells of, by their path beside it; None where it is another kind of manifest.

    One is ours where any of its entries has a `path`; broken JSON and other lists are of some other tool.

    Raises:
        UserError: it is one, with a mistake.
    """
    if not _is_ours(raw):
        return None
    try:
        entries = ENTRIES.validate_json(raw.removeprefix(codecs.BOM_UTF8))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "-"
        raise UserError("error.lessons_manifest", where=where) from error
    return {entry.path: _file(entry) for entry in entries}


def _is_ours(raw: bytes) -> bool:
    try:
        told = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(told, list) and any(isinstance(entry, dict) and "path" in entry for entry in told)


def _file(entry: Entry) -> CourseFile:
    address = citable(entry.canonical_url)
    found = BLOB.fullmatch(unquote(urlsplit(address).path))
    return CourseFile(
        path=entry.path,
        place=found[1] if found else entry.src_path or entry.path,
        course=entry.course,
        url=address,
        is_canonical=bool(address),
        lesson=entry.lesson,
        language=tag_of(entry.lang) or entry.lang,
    )
