"""MkDocs: `site_url`, `docs_dir`, `use_directory_urls`; Python-Markdown's ids."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from unicodedata import normalize

from bot.lessons.language.languages import tag_of
from bot.lessons.sites.headings import IdRule, SiteHeading, no_ids
from bot.lessons.sites.published_site import Site, SiteFolder, SitePage, is_like, is_yes, mapped, part, within

SETTINGS = ("mkdocs.yml", "mkdocs.yaml")
PAGES = frozenset({".md", ".markdown", ".mdown", ".mkdn", ".mkd"})
# What extensions show in other words than these, or not at all.
UNSURE = re.compile(r"<!--|\{[{%]|:[\w+-]+:|\+\+|\[\^|\[\[|\((?:c|r|tm)\)", re.IGNORECASE)
CONTENTS = re.compile(
    r"^([ \t]*)(?:-[ \t]+)?(?:markdown\.extensions\.)?toc:[ \t]*\n((?:\1[ \t]+.*\n|[ \t]*\n)*)", re.MULTILINE
)
SLUGIFY = re.compile(
    r"^[ \t]+(?:-[ \t]+)?slugify:[ \t]*(.*(?:\n[ \t]+(?:kwds|case|percent_encode|normalize)\b.*)*)", re.MULTILINE
)
SEPARATOR = re.compile(r"^[ \t]+(?:-[ \t]+)?separator:[ \t]*[\"']?([^\"'\n#]*)", re.MULTILINE)
# Programs that put the pages elsewhere than MkDocs itself would.
MOVING = frozenset({"monorepo", "multirepo", "mike", "simple", "same-dir"})


def mkdocs_site(folder: SiteFolder) -> Site | None:
    """Return the site that MkDocs makes of a folder; None where its address or its pages' cannot be told.

    mkdocs/structure/files.py: `docs_dir` alone is published, README and index are their folders' pages, and the rest
    are folders of their own unless `use_directory_urls` is off. Where `mike` keeps versions, the address has one more
    part that no file tells.
    """
    name = next(each for each in SETTINGS if each in folder.paths)
    told = folder.settings(*SETTINGS)
    plugins = _named(told.get("plugins"))
    has_versions = "mike" in plugins or part(told, "extra", "version", "provider") == "mike"
    address = folder.address(told.get("site_url"))
    if not address or MOVING.intersection(plugins) - {"mike"} or (has_versions and not folder.told):
        return None
    docs = str(told.get("docs_dir") or "docs")
    flat = not is_yes(told.get("use_directory_urls"), otherwise=True)
    languages = _languages(mapped(plugins.get("i18n"))) if "i18n" in plugins else None

    def page(each: SitePage) -> str | None:
        path = within(each.path, docs)
        is_notebook = each.suffix == ".ipynb" and "mkdocs-jupyter" in plugins
        if not path or not (each.suffix in PAGES or is_notebook) or (path.startswith("blog/") and "blog" in plugins):
            return None
        if _is_left_out(path, told):
            return None
        moved = languages(path) if languages else path
        return None if moved is None else _address(moved, folder, docs, flat=flat)

    ids, rule = _ids(folder.read(name), told)
    return Site(kind="MkDocs", root=folder.root, address=address, page=page, ids=ids, rule=rule)


def _is_left_out(path: str, told: Mapping[str, object]) -> bool:
    """Whether `exclude_docs` or `draft_docs` names a file as `.gitignore` would: by its path, or any name in it."""
    patterns = [
        line.strip() for name in ("exclude_docs", "draft_docs") for line in str(told.get(name) or "").split("\n")
    ]
    names = path.split("/")
    wanted = ["/templates/", *(each for each in patterns if each and not each.startswith(("#", "!")))]
    return any(
        is_like(path, each) or ("/" not in each.rstrip("/") and any(is_like(name, each.rstrip("/")) for name in names))
        for each in wanted
    )


def _address(path: str, folder: SiteFolder, docs: str, *, flat: bool) -> str | None:
    pure = PurePosixPath(path)
    parent = "" if str(pure.parent) == "." else f"{pure.parent}/"
    if pure.stem == "README" and posixpath.normpath(f"{docs}/{parent}index.md") in folder.paths:
        return None  # the index beside it is the page
    is_index = pure.stem in {"index", "README"}
    if flat:
        return f"{parent}{'index' if is_index else pure.stem}.html"
    return parent if is_index else f"{parent}{pure.stem}/"


def _languages(told: Mapping[str, object]) -> Callable[[str], str | None]:
    """Return what gives a page's path as the plugin mkdocs-static-i18n has it: the default language has no folder."""
    listed = [mapped(each) for each in _listed(told.get("languages"))]
    tags = {str(each.get("locale")) for each in listed}
    default = next((str(each.get("locale")) for each in listed if is_yes(each.get("default"), otherwise=False)), "")

    def path_of(path: str) -> str | None:
        pure = PurePosixPath(path)
        if not default or not all(map(tag_of, tags)):
            return None
        if str(told.get("docs_structure") or "suffix") == "folder":
            first, _, rest = path.partition("/")
            return rest if first == default else path if first in tags else None
        stem, _, tag = pure.stem.rpartition(".")
        if stem and tag in tags:
            plain = str(pure.with_name(stem + pure.suffix))
            return plain if tag == default else f"{tag}/{plain}"
        return path

    return path_of


def _named(told: object) -> dict[str, object]:
    """Return a list of plugins or extensions by name: each stands alone, or with its settings."""
    if isinstance(told, dict):
        return dict(mapped(told))
    found: dict[str, object] = {}
    for each in _listed(told):
        found |= mapped(each) if isinstance(each, dict) else {str(each): None}
    return {name.removeprefix("material/"): value for name, value in found.items()}


def _listed(told: object) -> list[object]:
    return told if isinstance(told, list) else []


def _ids(text: str, told: Mapping[str, object]) -> tuple[Callable[[str], IdRule], str]:
    """Return the rule of the table of contents: its slug may be another function, of which three are known here."""
    extensions = {name.rpartition(".")[2] for name in _named(told.get("markdown_extensions"))}
    names_ids = bool(extensions & {"attr_list", "extra"})
    contents = CONTENTS.search(f"{text}\n")
    own = contents[2] if contents else ""
    found, separated = SLUGIFY.search(own), SEPARATOR.search(own)
    separator = separated[1].strip() if separated else "-"
    slugify = _slugify(found[1] if found else "", separator or "-")
    rule = f"{found[1] if found else ''} {separator} {names_ids}"
    return (lambda _: mkdocs_ids(slugify, names_ids=names_ids) if slugify else no_ids), rule


def _slugify(named: str, separator: str) -> Callable[[str], str] | None:
    if not named.strip():
        return lambda text: toc_slug(text, separator=separator)
    if "slugify_unicode" in named:
        return lambda text: toc_slug(text, separator=separator, ascii_only=False)
    if re.search(r"pymdownx\.slugs\.(?:slugify|uslugify)\b", named) and not re.search(
        r"percent_encode|normalize", named
    ):
        case = re.search(r"\bcase:\s*[\"']?(lower|fold|none)\b", named)
        old = "uslugify" in named
        return lambda text: pymdownx_slug(
            text, separator=separator, case="lower" if old else case[1] if case else "none"
        )
    return None


def mkdocs_ids(slugify: Callable[[str], str], *, names_ids: bool) -> IdRule:
    """Return the rule of Python-Markdown's table of contents; `names_ids`: headings may, by the extension attr_list.

    markdown/extensions/toc.py `unique`: repeats, and what nothing is left of, get `_1`, `_2`.
    """

    def rule(headings: Sequence[SiteHeading]) -> list[str]:
        new = _Underscored({heading.told for heading in headings if heading.told and names_ids})
        ids = []
        for heading in headings:
            if heading.told and names_ids:
                ids.append(heading.told)
                continue
            named = f"{heading.text} {heading.mark}" if heading.mark and not names_ids else heading.text
            found = new(slugify(named))
            ids.append("" if UNSURE.search(heading.source) else found)
        return ids

    return rule


def toc_slug(text: str, *, separator: str = "-", ascii_only: bool = True) -> str:
    """Return Python-Markdown's slug: what is not ASCII is decomposed and dropped, runs of spaces and dashes are one."""
    if ascii_only:
        text = normalize("NFKD", text).encode("ascii", "ignore").decode()
    kept = re.sub(r"[^\w\s-]", "", text).strip().lower()
    return re.sub(rf"[{re.escape(separator)}\s]+", separator, kept)


def pymdownx_slug(text: str, *, separator: str = "-", case: str = "lower") -> str:
    """Return the slug of PyMdown Extensions: all letters stay, what looks like a tag does not (pymdownx/slugs.py)."""
    text = " ".join(re.sub(r"</?[^>]*>", "", normalize("NFC", text)).split())
    cased = {"lower": text.lower(), "fold": text.casefold()}.get(case, text)
    return re.sub(r"[^\w\- ]", "", cased).replace(" ", separator)


@dataclass(slots=True)
class _Underscored:
    """The ids of one page: each repeat counts on from the number at an id's end, or begins with `_1`."""

    used: set[str]
    last: dict[str, str] = field(default_factory=dict)

    def __call__(self, base: str) -> str:
        """Return an id that is new."""
        found = self.last.get(base, base)
        while found in self.used or not found:
            counted = re.fullmatch(r"(.*)_([0-9]{1,9})", found)
            found = f"{counted[1]}_{int(counted[2]) + 1}" if counted else f"{found}_1"
        self.used.add(found)
        self.last[base] = found
        return found
