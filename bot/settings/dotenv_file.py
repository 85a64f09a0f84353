"""Writing settings into a `.env`: what else stands in it stays as it is, and the file is its owner's alone."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from bot.settings.schema import ENCODING

PRIVATE = 0o600
_PLAIN = re.compile(r"[\w@%+=:,./-]*")


def replaced_in(file: Path, values: Mapping[str, str]) -> list[str]:
    """Return the names among these that the file sets already."""
    written = {(binding.key or "").upper() for binding in parse_stream(StringIO(_text(file)))}
    return [name for name in values if name in written]


def write_values(file: Path, values: Mapping[str, str]) -> None:
    """Set these values, in their old place where the file has them, else at its end.

    Raises:
        OSError: the file cannot be written; it is as it was.
    """
    lines, left = [], dict(values)
    for binding in parse_stream(StringIO(_text(file))):
        name = (binding.key or "").upper()
        if name not in values:
            lines.append(binding.original.string)
        elif name in left:
            lines.append(f"{name}={_quoted(left.pop(name))}\n")
    if lines and not lines[-1].endswith("\n"):
        lines.append("\n")
    lines += [f"{name}={_quoted(value)}\n" for name, value in left.items()]
    _write_private(file, "".join(lines))


def keep_copy(file: Path) -> Path:
    """Copy the file beside itself, readable by its owner alone, and return where to.

    Raises:
        OSError: it cannot be copied.
    """
    number = 1
    while (copy := file.with_name(f"{file.name}.old-{number}")).exists():
        number += 1
    _write_private(copy, _text(file))
    return copy


def _text(file: Path) -> str:
    return file.read_text(encoding=ENCODING) if file.exists() else ""


def _write_private(file: Path, text: str) -> None:
    """Write all or nothing: never a part of it, and at no moment for others to read."""
    target = file.resolve()
    new = target.with_name(f"{target.name}.new-{os.getpid()}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w", encoding="utf-8") as opened:
            opened.write(text)
        new.replace(target)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
