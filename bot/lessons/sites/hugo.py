"""Hugo: `baseURL`, the content's folders, languages, slugs and addresses told in front matter; Goldmark's ids."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from unicodedata import category, normalize

from bot.lessons.language.languages import tag_of
from bot.lessons.sites.headings import FreeIds, IdRule, SiteHeading, agreed, no_ids
from bot.lessons.sites.published_site import Site, SiteFolder, SitePage, is_yes, mapped, parsed, part, within

SUFFIXES = ("toml", "yaml", "yml", "json")
TOP = tuple(f"{name}.{suffix}" for name in ("hugo", "config") for suffix in SUFFIXES)
SETTINGS = (*TOP, *(f"config/_default/{name}" for name in TOP))
PAGES = frozenset({".md", ".markdown", ".html", ".htm", ".adoc", ".rst", ".org"})
UNSURE = re.compile(r"\{[{%]|:[\w+-]+:|\[\^")
# What a section's page says that changes where the pages below it are, or whether they are there.
REACHES_DOWN = re.compile(r"^\s*[\"']?(?:slug|cascade)[\"']?\s*[:=]|^\[\[?cascade", re.MULTILINE)
ALLOWED = frozenset("./_#+~-@")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """Where a site's content lies: by language; `prefix` is the path a language's pages have, None where not certain.

    `tags` are the languages whose files are told by their names.
    """

    folders: Mapping[str, str]
    prefixes: Mapping[str, str | None]
    default: str
    tags: frozenset[str]


def hugo_site(folder: SiteFolder) -> Site | None:
    """Return the site that Hugo makes of a folder; None where its address cannot be told.

    Content that is mounted from several folders is left out.
    """
    told = _settings(folder)
    address = folder.address(told.get("baseurl")) if _is_hugos(folder, told) else ""
    mounts = part(told, "module", "mounts")
    listed = [mapped(each) for each in mounts] if isinstance(mounts, list) else []
    mounted = [each for each in listed if str(each.get("target")).startswith("content")]
    if not address or len(mounted) > 1 or any(each.get("target") != "content" for each in mounted):
        return None
    source = {"contentdir": mounted[0].get("source")} if mounted else {}
    content = _content({**told, **source})

    def page(each: SitePage) -> str | None:
        if each.suffix not in PAGES or _is_unpublished(each):
            return None
        found = _language(each.path, content)
        prefix = content.prefixes.get(found[1]) if found else None
        if not found or prefix is None:
            return None
        place = _placed(found[0], each, found[2], folder, told)
        is_moved = bool(prefix) and each.told("url").startswith("/")
        return None if place is None or is_moved else f"{prefix}{place}"

    return Site(
        kind="Hugo",
        root=folder.root,
        address=address,
        page=page,
        ids=_ids(told),
        rule=str(part(told, "markup", "goldmark")),
    )


def _is_hugos(folder: SiteFolder, told: Mapping[str, object]) -> bool:
    """Whether the settings are Hugo's: other programs have a `config.toml` as well."""
    has_own = any(path.startswith(("hugo.", "config/_default/")) for path in folder.paths)
    has_content = any(path.startswith("content/") for path in folder.paths)
    return has_own or "baseurl" in told or (has_content and ("theme" in told or "module" in told))


def _settings(folder: SiteFolder) -> Mapping[str, object]:
    """Return what the settings say, their names in lower case: one file, or a folder with one for each part."""
    for top in TOP:
        if top in folder.paths:
            return _lowered(folder.settings(top))
    told: dict[str, object] = {}
    for stage in ("_default", "production"):
        for path in sorted(each for each in folder.paths if each.startswith(f"config/{stage}/")):
            stem, suffix = posixpath.splitext(posixpath.basename(path))
            if suffix[1:] in SUFFIXES:
                said = _lowered(mapped(parsed(path, folder.read(path))))
                told |= said if stem in {"hugo", "config"} else {stem.lower(): said}
    return told


def _lowered(value: Mapping[str, object]) -> dict[str, object]:
    return {name.lower(): _lowered(mapped(each)) if isinstance(each, dict) else each for name, each in value.items()}


def _content(told: Mapping[str, object]) -> _Content:
    default = str(told.get("defaultcontentlanguage") or "en").lower()
    in_folder = is_yes(told.get("defaultcontentlanguageinsubdir"), otherwise=False)
    languages = {tag.lower(): mapped(each) for tag, each in mapped(told.get("languages")).items()}
    folder = str(told.get("contentdir") or "content")
    if not languages:
        return _Content(
            folders={default: folder}, prefixes={default: None if in_folder else ""}, default=default, tags=frozenset()
        )
    prefixes: dict[str, str | None] = {}
    for tag, own in languages.items():
        is_elsewhere = "baseurl" in own or is_yes(own.get("disabled"), otherwise=False)
        prefixes[tag] = None if is_elsewhere else "" if tag == default and not in_folder else f"{tag}/"
    folders = {tag: str(own.get("contentdir") or folder) for tag, own in languages.items()}
    shared = frozenset(tag for tag in languages if folders[tag] == folder)
    return _Content(folders=folders, prefixes=prefixes, default=default, tags=shared)


def _language(path: str, content: _Content) -> tuple[str, str, str] | None:
    """Return a file's path in the content, its language, and the path without the language in its name."""
    for tag, folder in sorted(content.folders.items(), key=lambda item: (-len(item[1]), item[0] != content.default)):
        rest = within(path, folder)
        if not rest:
            continue
        pure = PurePosixPath(rest)
        stem, _, told = pure.stem.rpartition(".")
        if stem and told.lower() in content.tags:
            return rest, told.lower(), str(pure.with_name(stem + pure.suffix))
        if stem and tag_of(told) and len(content.folders) > 1:
            return None
        return rest, content.default if tag in content.tags else tag, rest
    return None


def _placed(path: str, page: SitePage, plain: str, folder: SiteFolder, told: Mapping[str, object]) -> str | None:
    """Return a page's path: its folders and its slug or name, as Hugo writes them (common/paths/path.go `Sanitize`)."""
    pure = PurePosixPath(plain)
    folders = pure.parts[:-1]
    top = page.path.removesuffix(path)
    if url := page.told("url"):
        is_plain = not re.search(r":\w|//", url)
        ending = "" if url.endswith("/") or "." in posixpath.basename(url) else "/"
        return url.lstrip("/") + ending if is_plain else None
    is_section, is_bundle = pure.stem == "_index", pure.stem == "index"
    if _is_resource(folders, top, folder, is_bundle=is_bundle) or _is_arranged(folders, told):
        return None
    if _is_reached(folders[:-1] if is_section else folders, top, folder) or (is_section and page.told("slug")):
        return None
    slug = page.told("slug")
    name = slug or (folders[-1] if is_bundle and folders else pure.stem)
    above = folders[:-1] if is_bundle else folders
    parts = folders if is_section else [*above, *([] if is_bundle and not folders else [name])]
    return _written(parts, told, is_folder=is_section)


def _written(parts: Sequence[str], told: Mapping[str, object], *, is_folder: bool) -> str | None:
    ugly = told.get("uglyurls")
    if isinstance(ugly, dict) or (is_folder and parts and is_yes(ugly, otherwise=False)):
        return None
    joined = "/".join(_sanitized(each) for each in parts)
    if is_yes(told.get("removepathaccents"), otherwise=False) and not joined.isascii():
        return None
    joined = joined if is_yes(told.get("disablepathtolower"), otherwise=False) else joined.lower()
    if not joined:
        return "" if not parts else None
    return f"{joined}.html" if is_yes(ugly, otherwise=False) else f"{joined}/"


def _sanitized(name: str) -> str:
    kept = "".join(
        each for each in name if each in ALLOWED or each == " " or category(each)[0] in "LM" or category(each) == "Nd"
    )
    return re.sub(r"(?<=-)[ ]+|[ ]+(?=-)", "", kept.strip()).replace("  ", " ").replace(" ", "-")


def _is_unpublished(page: SitePage) -> bool:
    says = any(map(page.says, ("draft", "headless")))
    return (
        says
        or page.is_ahead
        or any(name in page.front for name in ("expiryDate", "expirydate", "build", "_build", "cascade"))
    )


def _is_resource(folders: Sequence[str], top: str, folder: SiteFolder, *, is_bundle: bool) -> bool:
    """Whether a file belongs to the page of a folder above it: one with an `index` of its own."""
    above = [top + "/".join(folders[:count]) for count in range(1, len(folders) + (not is_bundle))]
    indexes = (f"{each}/index{suffix}" for each in above for suffix in (".md", ".markdown", ".html", ".en.md"))
    return any(each in folder.paths for each in indexes)


def _is_reached(folders: Sequence[str], top: str, folder: SiteFolder) -> bool:
    above = [top, *(top + "/".join(folders[: count + 1]) + "/" for count in range(len(folders)))]
    pages = (f"{each}_index{suffix}" for each in above for suffix in (".md", ".en.md", ".html"))
    return any(REACHES_DOWN.search(folder.read(each)[:4000]) for each in pages if each in folder.paths)


def _is_arranged(folders: Sequence[str], told: Mapping[str, object]) -> bool:
    """Whether the settings give a section's pages addresses of another form."""
    permalinks = mapped(told.get("permalinks"))
    sections = {name for name, value in permalinks.items() if isinstance(value, str)}
    sections |= {name for value in permalinks.values() for name in mapped(value)}
    return bool(sections) and (not folders or folders[0].lower() in sections or "/" in sections)


def _ids(told: Mapping[str, object]) -> Callable[[str], IdRule]:
    parser = mapped(part(told, "markup", "goldmark", "parser"))
    is_goldmark = str(part(told, "markup", "defaultmarkdownhandler") or "goldmark") == "goldmark"
    kind = str(parser.get("autoidtype") or parser.get("autoheadingidtype") or "github").lower()
    if not is_goldmark or kind not in MAKERS or not is_yes(parser.get("autoheadingid"), otherwise=True):
        return lambda _: no_ids
    return lambda _: goldmark_ids(kind)


def goldmark_ids(kind: str) -> IdRule:
    """Return the rule of Goldmark's ids as Hugo makes them; where older versions made others of the source, it is open.

    markup/goldmark/autoid.go; `kind` is `markup.goldmark.parser.autoIDType`: github, github-ascii or blackfriday.
    """
    return agreed(
        _rule(kind, lambda heading: heading.smart(pictures=True)), _rule(kind, lambda heading: heading.source)
    )


def _rule(kind: str, text_of: Callable[[SiteHeading], str]) -> IdRule:
    def rule(headings: Sequence[SiteHeading]) -> list[str]:
        new = FreeIds()
        ids = []
        for heading in headings:
            found = heading.told or new(MAKERS[kind](text_of(heading)) or "heading")
            new.used.add(found)
            ids.append("" if UNSURE.search(heading.source) or "://" in heading.source else found)
        return ids

    return rule


def _github(text: str) -> str:
    kept = (each for each in text if each in "-_ " or category(each)[0] == "L" or category(each) == "Nd")
    return "".join("-" if each == " " else each.lower()[:1] for each in kept)


def _ascii(text: str) -> str:
    bare = "".join(each for each in normalize("NFD", text) if category(each) != "Mn")
    return _github("".join(each for each in normalize("NFC", bare) if each.isascii()))


def _blackfriday(text: str) -> str:
    """Letters and digits, lowered, with one dash for whatever stands between them."""
    kept = (each.lower()[:1] if category(each)[0] == "L" or category(each)[0] == "N" else " " for each in text)
    return "-".join("".join(kept).split())


MAKERS: Mapping[str, Callable[[str], str]] = {"github": _github, "github-ascii": _ascii, "blackfriday": _blackfriday}
