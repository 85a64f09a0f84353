"""Reading what a model host says: JSON to values, with a bound on each. What cannot be one counts as unsaid."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from bot.domain import MOST_TOKENS

Json = Mapping[str, object]

MOST_DIGITS = 19
MOST_NS = 86_400 * 10**9  # nothing is waited for longer than a day
NS = 1e9


def error_of(body: str | bytes) -> object:
    """Return what stands in the field `error`, a text in Ollama's shape; None without one."""
    try:
        return object_of(body).get("error")
    except ValueError:
        return None


def object_of(raw: str | bytes) -> Json:
    """Read a JSON object. NaN, Infinity and whole numbers of more than 19 digits are None, as if nobody had said.

    Raises:
        ValueError: it is none, or nested too deep to be read.
    """
    found = [*islice(objects_of(raw), 2)]
    if len(found) != 1:
        raise ValueError
    return found[0]


def objects_of(raw: str | bytes) -> Iterator[Json]:
    """Read one JSON object after another. Some servers, and proxies, leave out the line break between two.

    Raises as `object_of` does, at the first that is none.
    """
    text, at = raw if isinstance(raw, str) else raw.decode(), 0
    while (at := _behind_gap(text, at)) < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except RecursionError as error:
            raise ValueError("nested too deep") from error
        if not isinstance(value, dict):
            raise ValueError  # noqa: TRY004 - a wrong value from outside, as malformed JSON is
        yield value


def objects_in(answer: Json, field: str) -> Sequence[Json]:
    """Return the objects a list holds, without what else is in it. Go writes a list of nothing as null.

    Raises:
        ValueError: there is no list.
    """
    rows = answer.get(field, "")
    if rows is None:
        return ()
    if not isinstance(rows, list):
        raise ValueError  # noqa: TRY004 - as above
    return [row for row in rows if isinstance(row, dict)]


def object_in(answer: Json, field: str) -> Json:
    """Return the object in a field; empty for anything else."""
    value = answer.get(field)
    return value if isinstance(value, dict) else {}


def text_in(answer: Json, field: str) -> str:
    """Return the text in a field; "" for anything else. Halves of surrogate pairs, no characters, become U+FFFD."""
    value = answer.get(field)
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else ""


def count_in(answer: Json, field: str, *, most: int = MOST_TOKENS) -> int:
    """Return the count in a field; 0, which is unknown, for anything but a whole number from 0 to `most`."""
    value = answer.get(field)
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 <= value <= most else 0


def seconds_in(answer: Json, field: str) -> float:
    """Return the seconds in a field of nanoseconds; 0.0 for what cannot be a time that was waited."""
    return count_in(answer, field, most=MOST_NS) / NS


def _behind_gap(text: str, at: int) -> int:
    """Return where the next value begins: blanks, and the mark that some begin a text with, mean nothing."""
    while at < len(text) and text[at] in _GAP:
        at += 1
    return at


def _nobody_said(_: str) -> None:
    return None


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None


_GAP = frozenset(" \t\r\n\ufeff")
_HALVES = re.compile("[\ud800-\udfff]")
_DECODER = json.JSONDecoder(parse_int=_whole_number, parse_constant=_nobody_said)
