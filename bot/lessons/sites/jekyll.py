"""Jekyll: `url` and `baseurl`, permalinks of pages and collections; kramdown's ids."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from unicodedata import category

from bot.lessons.sites.headings import IdRule, SiteHeading, no_ids
from bot.lessons.sites.published_site import Site, SiteFolder, SitePage, is_like, is_yes, mapped, part, within
from bot.lessons.sites.slugs import slug

SETTINGS = ("_config.yml", "_config.yaml", "_config.toml")
PAGES = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".html", ".htm"})
UNSURE = re.compile(r"\{[{%:]|\[\^|\$\$")
# Plugins that put pages elsewhere than Jekyll itself would.
MOVING = re.compile(r"polyglot|multiple-languages|jekyll-archives-v2|permalinks?$")
# What of kramdown's settings changes ids.
OWN_IDS = frozenset({"auto_id_prefix", "auto_id_stripping", "transliterated_header_ids"})
FILLED = re.compile(r":(\w+)")


def jekyll_site(folder: SiteFolder) -> Site | None:
    """Return the site that Jekyll makes of a folder; None where its address cannot be told.

    Jekyll makes pages of the files that have front matter (jekyll/page.rb, document.rb, url.rb); without it a file is
    copied as it is, unless a plugin has it otherwise. Posts are left out, as their dates tell where they are.
    """
    told = folder.settings(*SETTINGS)
    plugins = [str(each) for name in ("plugins", "gems") for each in _listed(told.get(name))]
    address = folder.address(told.get("url"), told.get("baseurl") or "")
    if not told.get("url") and "CNAME" in folder.paths:
        address = folder.address(f"https://{folder.read('CNAME').strip()}", told.get("baseurl") or "")
    if not address or any(map(MOVING.search, plugins)):
        return None
    source = str(told.get("source") or "")
    takes_all = "jekyll-optional-front-matter" in plugins

    def page(each: SitePage) -> str | None:
        path = within(each.path, source)
        is_taken = each.has_front or (takes_all and each.stem.lower() != "readme")
        if not path or each.suffix not in PAGES or not is_taken or each.told("published").lower() == "false":
            return None
        return _placed(path, each, told)

    return Site(
        kind="Jekyll",
        root=folder.root,
        address=address,
        page=page,
        ids=_ids(told),
        rule=f"{told.get('markdown')} {told.get('kramdown')}",
    )


def _placed(path: str, page: SitePage, told: Mapping[str, object]) -> str | None:
    """Return a page's path: of a collection that is published, or where it lies; by its permalink where it has one."""
    collections = _collections(told)
    name, inner = _in_collection(path, str(told.get("collections_dir") or ""))
    if name and (name not in collections or not is_yes(collections[name].get("output"), otherwise=False)):
        return None
    if name and page.is_ahead:
        return None
    if any(each.startswith(("_", ".", "#", "~")) for each in inner.split("/")) or _is_left_out(path, told):
        return None
    style = str(told.get("permalink") or "date")
    own = page.told("permalink") or _by_default(path, name or "pages", told)
    if name:
        template = own or str(collections[name].get("permalink") or "") or "/:collection/:path" + _ending(style)
    elif own:
        template = own
    else:
        is_index = posixpath.splitext(posixpath.basename(path))[0] == "index"
        template = "/:path/" if is_index else "/:path/:basename" + _ending(style)
    return _filled(template, _values(path, name, inner, page))


def _in_collection(path: str, folder: str) -> tuple[str, str]:
    """Return a collection's name and a file's path in it; "" and the path for a file in none."""
    first, _, inner = within(path, folder).partition("/")
    return (first[1:], inner) if first.startswith("_") and inner else ("", path)


def _collections(told: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    collections = told.get("collections")
    return {name: mapped(each) for name, each in mapped(collections).items() if name != "posts"}


def _ending(style: str) -> str:
    """Return what stands behind a page's name: a folder's slash in the styles that have one."""
    return "/" if style == "pretty" or style.endswith("/") else ".html"


def _values(path: str, collection: str, inner: str, page: SitePage) -> dict[str, str]:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    undated = re.sub(r"^\d{2,4}-\d{1,2}-\d{1,2}-", "", stem)
    told = page.told("slug")
    common = {"output_ext": ".html"}
    if not collection:
        return common | {"path": posixpath.dirname(path), "basename": stem}
    return common | {
        "collection": collection,
        "path": posixpath.splitext(inner)[0],
        "name": _slug(stem).lower(),
        "title": _slug(told or undated, keeps="._~!$&'()+,;=@"),
        "slug": _slug(told or undated).lower(),
    }


def _slug(text: str, *, keeps: str = "") -> str:
    """Return Jekyll's slug (utils.rb): letters, their marks and digits stay, with dashes between them."""
    kept = (each if category(each)[0] in "LM" or category(each) == "Nd" or each in keeps else " " for each in text)
    return "-".join("".join(kept).split())


def _filled(template: str, values: Mapping[str, str]) -> str | None:
    """Return a permalink with its values; None where it asks for others, as dates and categories."""
    names = FILLED.findall(template)
    if not set(names) <= set(values) or "://" in template:
        return None
    path = FILLED.sub(lambda found: values[found[1]], template)
    path = re.sub(r"/{2,}", "/", path).lstrip("/").removesuffix("index.html")
    return path if not path or path.endswith("/") or "." in posixpath.basename(path) else f"{path}.html"


def _by_default(path: str, kind: str, told: Mapping[str, object]) -> str:
    """Return the permalink that the settings' `defaults` give a file, "" where they give none."""
    found: list[tuple[int, str]] = []
    for each in _listed(told.get("defaults")):
        scope, permalink = mapped(part(each, "scope")), part(each, "values", "permalink")
        top = str(scope.get("path") or "").strip("/")
        fits = not top or is_like(path, top)
        if isinstance(permalink, str) and fits and str(scope.get("type") or kind) == kind:
            found.append((len(top), permalink))
    return max(found)[1] if found else ""


def _is_left_out(path: str, told: Mapping[str, object]) -> bool:
    names = [str(each).strip("/") for each in _listed(told.get("exclude"))]
    return any(is_like(path, each) for each in [*names, "vendor"] if each)


def _listed(told: object) -> Iterator[object]:
    yield from told if isinstance(told, list) else ()


def _ids(told: Mapping[str, object]) -> Callable[[str], IdRule]:
    own = mapped(told.get("kramdown"))
    is_kramdown = str(told.get("markdown") or "kramdown").lower() == "kramdown"
    if not is_kramdown or OWN_IDS & set(own) or not is_yes(own.get("auto_ids"), otherwise=True):
        return lambda _: no_ids
    is_github = str(own.get("input") or "GFM").upper() == "GFM"
    return lambda _: kramdown_ids(github_id if is_github else plain_id)


def kramdown_ids(make: Callable[[SiteHeading], str]) -> IdRule:
    """Return kramdown's rule; a repeat is numbered whether or not that id is there already.

    kramdown-parser-gfm `generate_gfm_header_id`; kramdown/converter/base.rb `generate_id`.
    """

    def rule(headings: Sequence[SiteHeading]) -> list[str]:
        counts: dict[str, int] = {}
        ids = []
        for heading in headings:
            told = heading.told or heading.below
            base = make(heading)
            counts[base] = counts.get(base, -1) + (not told)
            found = f"{base}-{counts[base]}" if counts[base] > 0 else base
            is_sure = bool(base) and not UNSURE.search(heading.source) and not heading.mark
            ids.append(told or (found if is_sure else ""))
        return ids

    return rule


def github_id(heading: SiteHeading) -> str:
    """As GitHub's Markdown has it: letters, marks, digits and `_` stay, each space is a dash."""
    return slug(heading.smart())


def plain_id(heading: SiteHeading) -> str:
    """As kramdown's own Markdown has it: the source's ASCII from the first letter on, `section` where none is left."""
    text = re.sub(r"\A[^a-zA-Z]+", "", heading.source)
    return re.sub(r"[^a-zA-Z0-9 -]", "", text).replace(" ", "-").lower() or "section"
