"""Docusaurus: `url`, `baseUrl` and the docs plugins of its configuration; slugs of files; github-slugger's ids."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.lessons.sites.headings import SiteHeading
from bot.lessons.sites.published_site import Site, SiteFolder, SitePage, is_like, mapped, part, within
from bot.lessons.sites.script_values import UNKNOWN, told_object
from bot.lessons.sites.slugs import Slugs

SETTINGS = tuple(f"docusaurus.config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs", "mts"))
PRESETS = frozenset({"classic", "@docusaurus/preset-classic"})
PLUGINS = frozenset({"content-docs", "@docusaurus/plugin-content-docs"})
PAGES = frozenset({".md", ".mdx"})
# docusaurus-plugin-content-docs `numberPrefix.ts`: dates and versions are no numbers before a name.
NO_PREFIX = re.compile(r"\d+[-_.]\d+")
PREFIX = re.compile(r"\d+\s*[-_.]+\s*([^-_.\s].*)")
UNSURE = re.compile(r"[{}]|</?[A-Z]|\[\^")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Docs:
    """One docs plugin: which folder it publishes under which path, and in which versions.

    `include` and `exclude` are patterns of files, `versions` paths by the name of a version, `current` for the folder
    itself; None stands for what cannot be told.
    """

    id: str
    folder: str
    path: str
    has_prefixes: bool | None
    include: tuple[str, ...] | None = ()
    exclude: tuple[str, ...] | None = ()
    versions: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of a docs plugin: its path in it, in which version and language."""

    docs: _Docs
    path: str
    version: str = "current"
    locale: str = ""


def docusaurus_site(folder: SiteFolder) -> Site | None:
    """Return the site that Docusaurus makes of a folder; None where its address cannot be told.

    Docs are published under their plugin's `routeBasePath`, languages but the default under their tags; an index,
    README or namesake of its folder is the folder's page. Blogs, and files that begin with `_`, are left out.
    """
    name = next(each for each in SETTINGS if each in folder.paths)
    told = told_object(folder.read(name), with_names=frozenset({"url", "baseUrl"}))
    address = folder.address(told.get("url"), told.get("baseUrl"))
    if not address:
        return None
    docs = [_docs(options, folder) for options in _plugins(told)]
    locales = _Locales.of(told)

    def page(each: SitePage) -> str | None:
        found = next(filter(None, (_found(each.path, one, locales.folder) for one in docs)), None)
        is_page = found and each.suffix in PAGES and _is_wanted(found.path, found.docs)
        slug = _slug(found, each) if found and is_page else None
        version = found.docs.versions.get(found.version) if found else None
        locale = locales.path(found.locale) if found else None
        if not found or slug is None or version is None or locale is None:
            return None
        path = posixpath.normpath(f"/{locale}/{found.docs.path}/{version}/{slug}").lstrip("/.")
        return _ended(path + ("/" if slug.endswith("/") and path else ""), told.get("trailingSlash"))

    return Site(kind="Docusaurus", root=folder.root, address=address, page=page, ids=lambda _: docusaurus_ids)


def _plugins(told: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield the options of each docs plugin, the preset's first."""
    for kind, names in (("presets", PRESETS), ("plugins", PLUGINS)):
        listed = told.get(kind)
        for each in listed if isinstance(listed, list) else ():
            name, options = (each[0], each[1:]) if isinstance(each, list) and each else (each, [])
            if name in names:
                given = mapped(options[0]) if options else {}
                docs = given.get("docs", {}) if kind == "presets" else given
                if docs is not False:
                    yield mapped(docs)


def _docs(options: Mapping[str, object], folder: SiteFolder) -> _Docs:
    name = str(options.get("id") or "default")
    parser = options.get("numberPrefixParser", True)
    return _Docs(
        id=name,
        folder=str(options.get("path") or "docs"),
        path=str(options.get("routeBasePath", "docs")).strip("/"),
        has_prefixes=parser if isinstance(parser, bool) else None,
        include=_patterns(options.get("include")),
        exclude=_patterns(options.get("exclude")),
        versions=_versions(options, folder, "" if name == "default" else f"{name}_"),
    )


def _patterns(told: object) -> tuple[str, ...] | None:
    """Return patterns of files as they are told; none where nothing is told, None where it cannot be read."""
    listed = told if isinstance(told, list) else [] if told is None else [UNKNOWN]
    return None if UNKNOWN in listed else tuple(str(each) for each in listed)


def _is_wanted(path: str, docs: _Docs) -> bool:
    if docs.include is None or docs.exclude is None:
        return False
    is_in = not docs.include or any(is_like(path, each) for each in docs.include)
    return is_in and not any(is_like(path, each) for each in docs.exclude)


def _versions(options: Mapping[str, object], folder: SiteFolder, prefix: str) -> dict[str, str | None]:
    """Return the path of each version: the last one has none, what is written now is `next`, unless told otherwise."""
    try:
        listed = json.loads(folder.read(f"{prefix}versions.json") or "[]")
    except (ValueError, RecursionError):
        listed = []
    names = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    if options.get("disableVersioning") is True:
        names = []
    last = options.get("lastVersion") or (names[0] if names else "current")
    paths: dict[str, str | None] = {each: "" if each == last else each for each in names}
    paths["current"] = "" if last == "current" else "next"
    told = options.get("versions")
    for each, usual in paths.items():
        path = part(told, each, "path")
        paths[each] = path.strip("/") if isinstance(path, str) else None if path is UNKNOWN else usual
    is_told = last is not UNKNOWN and told is not UNKNOWN and options.get("includeCurrentVersion", True) is True
    return paths if is_told or not names else dict.fromkeys(paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Locales:
    """The languages of a site: in which folder their files lie, and which are published under a path of their own."""

    folder: str
    default: str
    others: frozenset[str]

    @classmethod
    def of(cls, told: Mapping[str, object]) -> _Locales:
        locales = part(told, "i18n", "locales")
        own = mapped(part(told, "i18n", "localeConfigs"))
        moved = {tag for tag, each in own.items() if {"url", "baseUrl"} & set(mapped(each))}
        default = str(part(told, "i18n", "defaultLocale") or "en")
        others = {str(each) for each in locales} - moved if isinstance(locales, list) else set()
        return cls(folder=str(part(told, "i18n", "path") or "i18n"), default=default, others=frozenset(others))

    def path(self, locale: str) -> str | None:
        if locale in {"", self.default}:
            return ""
        return locale if locale in self.others else None


def _found(path: str, docs: _Docs, translated: str) -> _Found | None:
    if rest := within(path, docs.folder):
        return _Found(docs, rest)
    versioned = "versioned_docs" if docs.id == "default" else f"{docs.id}_versioned_docs"
    if (rest := within(path, versioned)).startswith("version-"):
        version, _, rest = rest.removeprefix("version-").partition("/")
        return _Found(docs, rest, version)
    plugin = "docusaurus-plugin-content-docs" + ("" if docs.id == "default" else f"-{docs.id}")
    locale, _, rest = within(path, translated).partition("/")
    version, _, inner = within(rest, plugin).partition("/")
    if not inner or not (version == "current" or version.startswith("version-")):
        return None
    return _Found(docs, inner, version.removeprefix("version-"), locale)


def _slug(found: _Found, page: SitePage) -> str | None:
    """Return a page's path in its docs, as `slug.ts` and `docs.ts` reckon it; None where it has none for certain."""
    *folders, name = found.path.split("/")
    stem = posixpath.splitext(name)[0]
    has_prefixes = found.docs.has_prefixes and page.told("parse_number_prefixes").lower() != "false"
    is_unsure = found.docs.has_prefixes is None and any(each[:1].isdigit() for each in (*folders, stem))
    if any(each.startswith("_") for each in (*folders, name)) or page.says("draft") or is_unsure:
        return None
    plain = [_without_prefix(each) for each in folders] if has_prefixes else folders
    folder = "/".join(["", *plain, ""])
    slug = page.told("slug")
    if slug.startswith("/"):
        return slug
    own = page.told("id") or (_without_prefix(stem) if has_prefixes else stem)
    if not slug and stem.lower() in {"index", "readme", *(folders[-1:] and [folders[-1].lower()])}:
        return folder
    joined = posixpath.normpath(posixpath.join(folder, slug or own))
    return joined + ("/" if slug.endswith("/") else "")


def _without_prefix(name: str) -> str:
    found = None if NO_PREFIX.match(name) else PREFIX.fullmatch(name)
    return found[1] if found else name


def _ended(path: str, trailing_slash: object) -> str | None:
    if trailing_slash is UNKNOWN or trailing_slash is None or not path:
        return path
    return path.rstrip("/") + ("/" if trailing_slash else "")


def docusaurus_ids(headings: Sequence[SiteHeading]) -> list[str]:
    """Give ids as Docusaurus does: github-slugger's, of words, code and what pictures are called; a title has none.

    docusaurus-mdx-loader `remark/headings`; theme-classic prints a heading of level 1 without its id.
    """
    slugs = Slugs()
    ids = []
    for heading in headings:
        found = heading.told or slugs(heading.text_with_pictures)
        is_sure = heading.level > 1 and bool(found) and not UNSURE.search(heading.source)
        ids.append(found if is_sure and (heading.told or not heading.mark) else "")
    return ids
