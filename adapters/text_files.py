"""Text files that people send along: read from the platform's own hosts, within a bound, and from nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import aiohttp
import structlog
import yarl

from bot.domain import Incoming, QuotedMessage, TextFile
from bot.reasoning import cleaned, has_seen

# Slack waits three seconds for an acknowledgement, and people for an answer.
WITHIN_S = 1.5
MOST_FILES = 5
KB = 1024
OK = 200
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
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file as the platform tells of it. `kind` is its media type, "" where that is not known.

    `is_others`: it came with another message, which is forwarded or replied to; its words stay its author's.
    """

    name: str
    url: str
    size_bytes: int
    kind: str = ""
    is_others: bool = False
    author: str = ""
    author_id: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is text by its name or its kind; what it holds is looked at when it is read."""
        kind = self.kind.partition(";")[0].strip().lower()
        by_kind = (kind.startswith("text/") and kind not in _NO_TEXT) or kind in _KINDS
        return by_kind or PurePosixPath(self.name.lower()).suffix in _SUFFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFiles:
    """Reads the files of one connection. `hosts` are the platform's, an `origin` (another API's address) beside them.

    `most_bytes` bounds what is read for one message, 0: nothing is; `headers` go to those hosts and nowhere else.
    """

    hosts: Collection[str]
    most_bytes: int
    origin: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def reads(self, file: OfferedFile) -> bool:
        """Whether a file is one that is read."""
        return file.is_text and 0 < file.size_bytes <= self.most_bytes and self._is_ours(file.url)

    async def with_files(self, said: Incoming, offered: Sequence[OfferedFile]) -> Incoming:
        """Return what was said with the text files that came along, and the names of those that nobody reads."""
        read: list[TextFile] = []
        quoted: list[QuotedMessage] = []
        unseen, left = list(said.unseen), self.most_bytes
        wanted = [file for file in offered if self.reads(file)][:MOST_FILES]
        texts = await asyncio.gather(*(self._text(file) for file in wanted))
        found = dict(zip(wanted, texts, strict=True))
        for file in offered:
            text = found.get(file)
            size = len(text.encode()) if text else 0
            if text is None or size > left:
                unseen.append(shown_name(file.name))
                continue
            left -= size
            name = shown_name(file.name)
            if file.is_others:
                quoted.append(QuotedMessage(text, file.author, file.author_id, file=name))
            else:
                read.append(TextFile(name, text))
        return replace(said, quotes=(*said.quotes, *quoted), files=(*said.files, *read), unseen=tuple(unseen))

    async def _text(self, file: OfferedFile) -> str | None:
        try:
            async with asyncio.timeout(WITHIN_S):
                content = await self._content(file)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.info("file.not_read", error=type(error).__name__)
            return None
        return _decoded(content)

    async def _content(self, file: OfferedFile) -> bytes:
        # A session of its own: what is sent along must go to no other host, and nothing of a host is kept.
        async with (
            aiohttp.ClientSession(headers=self.headers, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(file.url, allow_redirects=False) as answer,
        ):
            is_page = answer.content_type == "text/html" and not file.name.lower().endswith((".html", ".htm"))
            if answer.status != OK or is_page:
                log.info("file.refused", status=answer.status)
                return b"\0"
            content = bytearray()
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) > self.most_bytes:
                    return b"\0"
            return bytes(content)

    def _is_ours(self, address: str) -> bool:
        """Whether an address is of the platform: its host to the letter, without a user name, over TLS."""
        try:
            url = yarl.URL(address)
            origin = str(url.origin())
        except ValueError:
            return False
        ours = {f"https://{host}" for host in self.hosts}
        if self.origin:
            ours.add(str(yarl.URL(self.origin).origin()))
        return origin in ours and not url.user


def shown_name(name: str) -> str:
    """Return a file's name as it is shown: one line, not too long, and nothing in it that hides or turns."""
    line = " ".join(cleaned(name).replace("`", "'").split())
    line = line if has_seen(line) else "?"
    return line if len(line) <= NAME_CHARS else f"{line[: NAME_CHARS - 1]}…"


def _decoded(content: bytes) -> str | None:
    """Return the text in UTF-8; None for what is none, or holds no word."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text if text.strip() and "\0" not in text else None
