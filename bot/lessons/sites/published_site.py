"""What is known of a course's own site, and what its readers may look at. Knows no program that makes one."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from bot.domain.citable import citable
from bot.lessons.sites.headings import IdRule

MOST_CHARS = 500_000
MOST_PATTERN = 300
MOST_STARS = 8
GLOB = re.compile(r"(\*\*/|\*\*|\*|\?|[{},])")
GLOBS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
# Addresses that stand in templates until somebody puts in their own.
PLACEHOLDER = re.compile(
    r"localhost|127\.|0\.0\.0\.0|\[|(?:.*\.)?example\.(?:com|org|net)$|.*\.(?:example|invalid|localhost)$|.*your[-.]",
    re.IGNORECASE,
)
GITHUB = re.compile(r"https://(?:github\.com/([\w.-]+)|gitlab\.com/([\w.-]+))/([\w.-]+)(?:/|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """A file that may be a page: its path from the site's folder, and what it says of itself before its text.

    `has_front`: it has front matter, were it an empty one; `today` is the date, as 2026-11-30, "" for unknown.
    """

    path: str
    front: Mapping[str, object]
    has_front: bool = False
    today: str = ""

    @property
    def suffix(self) -> str:
        """Its suffix, in lower case."""
        return PurePosixPath(self.path).suffix.lower()

    @property
    def stem(self) -> str:
        """Its name without the suffix."""
        return PurePosixPath(self.path).stem

    @property
    def folder(self) -> str:
        """The folder it lies in, "" for the site's own."""
        return posixpath.dirname(self.path)

    def told(self, name: str) -> str:
        """Return what it says of itself under a name, "" where it says nothing, or no plain words."""
        value = self.front.get(name)
        return value.strip() if isinstance(value, str) else str(value) if isinstance(value, (bool, int)) else ""

    @property
    def is_ahead(self) -> bool:
        """Whether it is dated later than today: programs that go by dates publish it then."""
        dates = (str(self.front.get(name) or "")[:10] for name in ("date", "publishDate", "publishdate"))
        return bool(self.today) and any(re.match(r"\d{4}-\d\d-\d\d", each) and each > self.today for each in dates)

    def says(self, name: str) -> bool:
        """Whether it says yes to something."""
        return self.told(name).lower() in {"true", "yes", "on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A course's site: which program makes it, of which folder of the course, and where people read it.

    `page` gives a page's path behind the address, None for a file that is no page of it, or not for certain. `ids`
    gives the rule of the headings' ids on a page with this text, `rule` names it where settings choose one.
    """

    kind: str
    root: str
    address: str
    page: Callable[[SitePage], str | None]
    ids: Callable[[str], IdRule]
    rule: str = ""

    def url(self, place: str, front: Mapping[str, object], *, has_front: bool, today: str = "") -> str:
        """Return where a file of the course can be read, "" where that cannot be told."""
        path = relative(place, self.root)
        found = self.page(SitePage(path=path, front=front, has_front=has_front, today=today))
        return "" if found is None else citable(self.address + quote(found.lstrip("/"), safe="/@+~:!$&'*,;="))


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFolder:
    """A folder of a course with a site's settings in it: its path, its files' paths from it, and their texts.

    `told` is the site's address as it was given, "" to look for it; `repository` the course's own, "" where unknown.
    """

    root: str
    paths: frozenset[str]
    read: Callable[[str], str]
    told: str = ""
    repository: str = ""

    def settings(self, *names: str) -> Mapping[str, object]:
        """Return what the first of these files says that is there; nothing where none is, or it cannot be read."""
        name = next((each for each in names if each in self.paths), "")
        return mapped(parsed(name, self.read(name))) if name else {}

    def address(self, told: object, path: object = "") -> str:
        """Return the site's address with a slash at its end: the one given, else the settings' with a path behind it.

        "" where neither is an address of the web, or the settings have a template's.
        """
        if self.told:
            return self.told.rstrip("/") + "/"
        if not isinstance(told, str) or not isinstance(path, str) or not _is_own(told.strip()):
            return ""
        joined = f"{told.strip().rstrip('/')}/{path.strip('/')}".rstrip("/") + "/"
        return citable(joined) if "?" not in joined and "#" not in joined else ""

    @property
    def pages_host(self) -> tuple[str, str]:
        """Return where GitHub or GitLab would publish pages of the repository, and under which path; "" for unknown."""
        found = GITHUB.match(self.repository)
        if not found:
            return "", ""
        owner = (found[1] or found[2]).lower()
        return f"https://{owner}.{'github' if found[1] else 'gitlab'}.io", found[3].removesuffix(".git")


def parsed(name: str, text: str) -> object:
    """Return what a file of settings says, every value of YAML as text; None where it cannot be read."""
    suffix = PurePosixPath(name).suffix.lower()
    try:
        if suffix == ".toml":
            return tomllib.loads(text[:MOST_CHARS])
        return json.loads(text) if suffix == ".json" else yaml_told(text[:MOST_CHARS])
    except (ValueError, RecursionError):
        return None


def yaml_told(text: str) -> object:
    """Return what YAML says, every value as text; None where it is none."""
    import yaml

    # Tags of a site's own, such as MkDocs' `!!python/name:…`, say nothing of its pages.
    untagged = re.sub(r"(?<=[ :])!!?[\w./:-]+", "", text)
    try:
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        return yaml.load(untagged, Loader=loader)  # noqa: S506  # it makes texts alone
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def mapped(value: object) -> Mapping[str, object]:
    """Return a value as names and values; none where it is something else."""
    return {str(name): each for name, each in value.items()} if isinstance(value, dict) else {}


def part(told: object, *names: str) -> object:
    """Return what stands under names within names, None where nothing does."""
    for name in names:
        told = mapped(told).get(name)
    return told


def is_yes(value: object, *, otherwise: bool) -> bool:
    """Whether settings say yes; `otherwise` where they say nothing."""
    return otherwise if value in {None, ""} else str(value).lower() in {"true", "yes", "on", "1"}


def is_like(path: str, pattern: str) -> bool:
    """Whether a path fits a pattern: `*` in a name, `**` over folders, `{a,b}` for either, a folder for all in it."""
    pattern = pattern.removeprefix("./").removeprefix("/")
    if path == pattern or path.startswith(f"{pattern.rstrip('/')}/"):
        return True
    if pattern.count("*") > MOST_STARS:
        return False
    return re.fullmatch(_pattern(pattern[:MOST_PATTERN]), path) is not None


@cache
def _pattern(pattern: str) -> str:
    alternatives = pattern.count("{") == pattern.count("}")
    made = ""
    for each in GLOB.split(pattern):
        if each in GLOBS:
            made += GLOBS[each]
        elif alternatives and each in {"{", "}", ","}:
            made += {"{": "(?:", "}": ")", ",": "|" if made.count("(?:") > made.count(")") else ","}[each]
        else:
            made += re.escape(each)
    return made


def relative(place: str, root: str) -> str:
    """Return a place of the course as seen from a folder of it."""
    if not root or place.startswith(f"{root}/"):
        return place[len(root) + bool(root) :]
    above, parts = root.split("/"), place.split("/")
    same = next((at for at, each in enumerate(above) if at >= len(parts) or parts[at] != each), len(above))
    return "/".join([*[".."] * (len(above) - same), *parts[same:]])


def within(path: str, folder: str) -> str:
    """Return a path from a folder of the site, "" where it lies elsewhere."""
    folder = posixpath.normpath(folder).strip("/") if folder else "."
    if folder == ".":
        return "" if path.startswith("../") else path
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else ""


def _is_own(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return address.lower().startswith(("http://", "https://")) and not PLACEHOLDER.match(host)
