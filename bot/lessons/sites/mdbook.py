"""mdBook: the pages SUMMARY.md lists, as `.html`; ids that its versions agree on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from unicodedata import category
from urllib.parse import unquote

from bot.lessons.sites.headings import FreeIds, SiteHeading, agreed
from bot.lessons.sites.published_site import Site, SiteFolder, SitePage, is_yes, part, within

SETTINGS = ("book.toml",)
LINK = re.compile(r"\]\(\s*<?([^)>#]+?)>?\s*\)")
UNSURE = re.compile(r"\{\{|\[\^|<h\d")
MARKS = frozenset({"Mn", "Mc", "Me"})
VARIATION = "\ufe0f"


def mdbook_site(folder: SiteFolder) -> Site | None:
    """Return the site that mdBook makes of a folder; None where its address cannot be told.

    mdbook-html renders the chapters of SUMMARY.md alone; its preprocessor `index` makes a README its folder's page.
    """
    told = folder.settings(*SETTINGS)
    address = _address(folder, part(told, "output", "html", "cname"), part(told, "output", "html", "site-url"))
    source = str(part(told, "book", "src") or "src")
    summary = posixpath.normpath(posixpath.join(source, "SUMMARY.md"))
    if not address or summary not in folder.paths:
        return None
    listed = {posixpath.normpath(unquote(path)) for path in LINK.findall(folder.read(summary))}
    has_index = is_yes(part(told, "build", "use-default-preprocessors"), otherwise=True)

    def page(each: SitePage) -> str | None:
        path = within(each.path, source)
        if path not in listed:
            return None
        stem, _ = posixpath.splitext(path)
        name = posixpath.basename(stem)
        if name.lower() == "readme" and has_index:
            return stem[: -len(name)] + "index.html"
        return f"{stem}.html"

    return Site(kind="mdBook", root=folder.root, address=address, page=page, ids=lambda _: mdbook_ids)


def _address(folder: SiteFolder, cname: object, site_url: object) -> str:
    """Return the book's address: a name of its own, a whole address, or the path of its repository's pages."""
    if isinstance(cname, str) and not folder.told:
        return folder.address(f"https://{cname.strip('/ ')}")
    host, path = folder.pages_host
    if isinstance(site_url, str) and host and site_url.strip("/") == path:
        return folder.address(host, path)
    return folder.address(site_url)


def mdbook_ids(headings: Sequence[SiteHeading]) -> list[str]:
    """Give ids as mdBook does: letters, digits, `_` and `-` stay, each space is a dash, repeats get `-1`, `-2`.

    mdbook-html `utils.rs`: `id_from_content`, `unique_id`. What its versions 0.4 and 0.5 make differently is left open.
    """
    return agreed(_new, _old)(headings)


def _new(headings: Sequence[SiteHeading]) -> list[str]:
    """Version 0.5: all letters are lowered, and dashes and quotes are a typographer's unless that is switched off."""
    new = FreeIds()
    ids = []
    for heading in headings:
        found = heading.told or new(_kept(heading.smart().lower()))
        ids.append(found if _is_sure(heading) else "")
    return ids


def _old(headings: Sequence[SiteHeading]) -> list[str]:
    """Version 0.4: ASCII alone is lowered, and a repeat's number may be one that is there already."""
    counts: dict[str, int] = {}
    ids = []
    for heading in headings:
        base = _kept("".join(each.lower() if each.isascii() else each for each in heading.text))
        count = counts.get(base, 0)
        counts[base] = count + (not heading.told)
        found = heading.told or (f"{base}-{count}" if count else base)
        ids.append(found if _is_sure(heading) else "")
    return ids


def _kept(text: str) -> str:
    kept = (each for each in text if each.isalnum() or category(each) in {"Nl", "No"} or each in "_-" or each.isspace())
    return "".join("-" if each.isspace() else each for each in kept)


def _is_sure(heading: SiteHeading) -> bool:
    """Whether nothing in a heading is read in several ways: marks of letters are letters to Rust, or are not."""
    has_marks = any(category(each) in MARKS and each != VARIATION for each in heading.text)
    return bool(heading.told or _kept(heading.text)) and not has_marks and not UNSURE.search(heading.source)
