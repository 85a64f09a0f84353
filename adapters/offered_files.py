"""Files as a platform tells of them: what they are by their names, before anything of them is fetched. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import PurePosixPath

from bot.reasoning import cleaned, has_seen

NAME_CHARS = 80
_KINDS = ("application/json", "application/xml", "application/yaml", "application/x-yaml", "application/toml",
          "application/javascript", "application/x-sh", "application/sql", "application/x-ndjson")  # fmt: skip
_NO_TEXT = ("text/rtf", "text/html-sandboxed")
_SUFFIXES = frozenset(
    [
        ".txt",
        ".md",
        ".markdown",
        ".rst",
        ".py",
        ".pyi",
        ".ipynb",
        ".js",
        ".mjs",
        ".ts",
        ".tsx",
        ".jsx",
        ".json",
        ".jsonl",
        ".yaml",
        ".yml",
        ".toml",
        ".ini",
        ".cfg",
        ".conf",
        ".csv",
        ".tsv",
        ".log",
        ".sh",
        ".bash",
        ".zsh",
        ".ps1",
        ".bat",
        ".sql",
        ".c",
        ".h",
        ".cc",
        ".cpp",
        ".hpp",
        ".cs",
        ".go",
        ".rs",
        ".java",
        ".kt",
        ".swift",
        ".rb",
        ".php",
        ".pl",
        ".lua",
        ".r",
        ".jl",
        ".scala",
        ".hs",
        ".ex",
        ".exs",
        ".erl",
        ".clj",
        ".lisp",
        ".tex",
        ".bib",
        ".xml",
        ".html",
        ".htm",
        ".css",
        ".scss",
        ".diff",
        ".patch",
        ".srt",
        ".vtt",
        ".env",
        ".properties",
        ".gradle",
        ".cmake",
        ".mk",
        ".tf",
        ".proto",
        ".graphql",
    ]
)
_PICTURE_KINDS = frozenset({"image/png", "image/jpeg", "image/jpg", "image/webp", "image/gif"})
_PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif"})
_OFFICE = "application/vnd.openxmlformats-officedocument."
_DOCUMENT_KINDS = frozenset(
    {"application/pdf", f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}presentationml.presentation"}
)
_SOUND_KINDS = "audio/"
_SOUND_SUFFIXES = frozenset({".ogg", ".oga", ".opus", ".mp3", ".wav", ".flac", ".m4a", ".aac", ".weba"})
_DOCUMENT_SUFFIXES = frozenset({".pdf", ".docx", ".docm", ".pptx", ".pptm", ".ppsx"})


class FileKind(Enum):
    """What a file is taken for; what it holds is looked at when it is read."""

    TEXT = auto()
    PICTURE = auto()
    DOCUMENT = auto()
    SOUND = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file as the platform tells of it. `kind` is its media type, "" where that is not known.

    `seconds` is how long a recording is said to be, 0 where nobody says.

    `is_others`: it came with another message, which is forwarded or replied to; its words stay its author's.
    """

    name: str
    url: str
    size_bytes: int
    kind: str = ""
    is_others: bool = False
    author: str = ""
    author_id: str = ""
    seconds: float = 0.0

    @property
    def is_read(self) -> bool:
        """Whether it is of a kind that is taken in."""
        return self.taken_for is not FileKind.OTHER

    @property
    def taken_for(self) -> FileKind:
        """What it is by its name or its kind."""
        kind = self.kind.partition(";")[0].strip().lower()
        suffix = PurePosixPath(self.name.lower()).suffix
        if kind in _DOCUMENT_KINDS or suffix in _DOCUMENT_SUFFIXES:
            return FileKind.DOCUMENT
        if kind in _PICTURE_KINDS or suffix in _PICTURE_SUFFIXES:
            return FileKind.PICTURE
        if kind.startswith(_SOUND_KINDS) or suffix in _SOUND_SUFFIXES:
            return FileKind.SOUND
        by_kind = (kind.startswith("text/") and kind not in _NO_TEXT) or kind in _KINDS
        return FileKind.TEXT if by_kind or suffix in _SUFFIXES else FileKind.OTHER


def shown_name(name: str) -> str:
    """Return a file's name as it is shown: one line, not too long, and nothing in it that hides or turns."""
    line = " ".join(cleaned(name).replace("`", "'").split())
    line = line if has_seen(line) else "?"
    return line if len(line) <= NAME_CHARS else f"{line[: NAME_CHARS - 1]}…"
