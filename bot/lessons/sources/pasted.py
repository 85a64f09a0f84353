"""What people paste for a repository: its address, or that of a folder or file on its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from bot.lessons.sources.git import is_address

HOSTS = ("github.com", "gitlab.com", "codeberg.org", "bitbucket.org")
BARE = re.compile(rf"(?:www\.)?(?:{'|'.join(map(re.escape, HOSTS))})/[^/\s]+/[^/\s]+.*", re.IGNORECASE)
# `…/tree/REF/PATH` at GitHub, `…/-/blob/REF/PATH` at GitLab, `…/src/branch/REF/PATH` at Codeberg.
PAGE = re.compile(
    r"(https?://(?:[^/\s@]+@)?(?:www\.)?(?:github\.com/[^/\s]+/[^/\s]+|gitlab\.com/[^\s]+?|codeberg\.org/[^/\s]+/[^/\s]+"
    r"|bitbucket\.org/[^/\s]+/[^/\s]+))/(?:-/)?(?:tree|blob|raw|edit|src/branch|src/commit|src/tag|src)/([^/\s?#]+)/?([^\s?#]*).*",
    re.IGNORECASE,
)
RAW = re.compile(
    r"https?://raw\.githubusercontent\.com/([^/\s]+/[^/\s]+)/(?:refs/heads/)?([^/\s?#]+)/([^\s?#]+).*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """A repository's address, the branch, tag or commit that was named with it, and the path within; "" for none."""

    address: str
    ref: str = ""
    within: str = ""


def pasted(source: str) -> Pasted | None:
    """Return the repository people mean; None where they mean a path on this disk, which comes first."""
    if _is_there(source):
        return None
    address = f"https://{source}" if BARE.fullmatch(source) else source
    if found := RAW.fullmatch(address):
        return Pasted(f"https://github.com/{found[1]}", found[2], unquote(found[3]).strip("/"))
    if found := PAGE.fullmatch(address):
        return Pasted(found[1], found[2], unquote(found[3]).strip("/"))
    return Pasted(address) if is_address(address) else None


def _is_there(source: str) -> bool:
    try:
        return Path(source).exists()
    except (OSError, ValueError):  # a name too long, or with a zero in it
        return False
