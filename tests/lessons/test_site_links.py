"""Citations lead to the pages of a course's own site: as told by its settings, or by whoever takes it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.lessons.files import SITE_SETTINGS
from bot.lessons.reading.loaders import ReadDocument, Reader
from bot.lessons.reading.pages import read_anchored
from bot.lessons.reading.site_anchors import certainly_anchored
from bot.lessons.sites.site_kinds import KINDS
from bot.lessons.sources.folders import folder_source
from bot.lessons.sources.opening import Wanted, opened
from tests.cli_process import Lyceum
from tests.lessons.courses import write
from tests.lessons.test_repositories import repository

WAX = "# Wax\n\n## How it melts\n\nWax melts at 62 degrees in the sun.\n"
MKDOCS = "site_name: Bees\nsite_url: https://bees.school.test/course/\n"
CLONE: Mapping[str, str | bytes] = {
    "mkdocs.yml": MKDOCS,
    "docs/index.md": "# Bees\n\nThey dance.\n",
    "docs/02-wax.md": WAX,
}


def links(folder: Path, files: Mapping[str, str | bytes], *, site: str = "", today: str = "") -> dict[str, str]:
    """Return where each file of a course leads to, with the anchor of its last section."""
    source = replace(folder_source(write(folder, files), base_url="https://school.test/files"), site=site)
    reader = Reader(source, today=today)
    found = {}
    for candidate in reader.candidates:
        ready = reader.open(candidate)
        assert isinstance(ready, ReadDocument)
        loaded = reader.load(ready)
        assert isinstance(loaded, tuple)
        document, chunks = loaded
        anchor = chunks[-1].anchor
        found[document.path] = f"{document.url}#{anchor}" if anchor else document.url
    return found


def link(folder: Path, settings: Mapping[str, str], path: str = "wax.md", text: str = WAX, *, site: str = "") -> str:
    return links(folder, {**settings, path: text}, site=site)[path]


@pytest.fixture
def lyceum(tmp_path: Path) -> Lyceum:
    return Lyceum(tmp_path, {"MODEL__EMBEDDED": "never"})


async def test_an_answer_leads_to_the_page_and_its_section(lyceum: Lyceum, tmp_path: Path) -> None:
    write(tmp_path / "course", CLONE)

    taken = await lyceum("ingest", "course")
    answer = await lyceum("ask", "At how many degrees does wax melt?")

    assert "Citations lead to https://bees.school.test/course/ (MkDocs): 2 of 2 files." in taken.out
    assert "https://bees.school.test/course/02-wax/#how-it-melts" in answer.out
    assert "--base-url" not in taken.out


async def test_the_doctor_says_where_citations_lead(lyceum: Lyceum, tmp_path: Path) -> None:
    write(tmp_path / "course", {**CLONE, "wax.md": WAX})

    await lyceum("ingest", "course")
    told = await lyceum("doctor")

    assert "Citations lead to bees.school.test (2)." in told.out
    assert "without a link: 1." in told.out


async def test_a_repository_elsewhere_leads_to_its_site_too(lyceum: Lyceum, tmp_path: Path) -> None:
    address, _ = repository(tmp_path / "bees", CLONE)

    await lyceum("ingest", address)
    answer = await lyceum("ask", "At how many degrees does wax melt?")

    assert "https://bees.school.test/course/02-wax/#how-it-melts" in answer.out


async def test_an_address_that_is_given_wins_and_none_switches_the_site_off(lyceum: Lyceum, tmp_path: Path) -> None:
    write(tmp_path / "course", CLONE)

    await lyceum("ingest", "course", "--site", "https://mirror.school.test/b")
    mirrored = await lyceum("ask", "At how many degrees does wax melt?")
    await lyceum("ingest", "course", "--site", "none", "--base-url", "https://school.test/files")
    plain = await lyceum("ask", "At how many degrees does wax melt?")

    assert "https://mirror.school.test/b/02-wax/#how-it-melts" in mirrored.out
    assert "https://school.test/files/docs/02-wax.md#how-it-melts" in plain.out


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://school.test/", "school.test", "https://a.test/#b"])
async def test_an_address_that_is_none_is_refused_in_words(lyceum: Lyceum, tmp_path: Path, address: str) -> None:
    write(tmp_path / "course", CLONE)

    done = await lyceum("ingest", "course", "--site", address)

    assert (done.code, done.is_plain) == (1, True)
    assert "--site takes one that begins with https://" in done.err


async def test_it_is_said_why_citations_do_not_lead_to_a_site(lyceum: Lyceum, tmp_path: Path) -> None:
    write(tmp_path / "untold", {**CLONE, "mkdocs.yml": "site_name: Bees\n"})
    write(tmp_path / "plain", {"wax.md": WAX})

    untold = await lyceum("ingest", "untold")
    unused = await lyceum("ingest", "plain", "--site", "https://bees.school.test/")

    assert "The course has a site (MkDocs), but its settings tell no address" in untold.out
    assert "No file is surely a page of https://bees.school.test/" in unused.out


async def test_a_folder_of_a_clone_goes_by_the_settings_above_it(tmp_path: Path) -> None:
    repository(tmp_path / "bees", CLONE)
    write(tmp_path / "bees", {"docs/new.md": WAX})
    _remote(tmp_path / "bees")

    async with opened(Wanted(source=str(tmp_path / "bees/docs"))) as source:
        reader = Reader(source)
        ready = [reader.open(each) for each in reader.candidates]

    urls = {each.candidate.file.path: each.candidate.file.url for each in ready if isinstance(each, ReadDocument)}
    assert urls["02-wax.md"] == "https://bees.school.test/course/02-wax/"
    assert urls["new.md"] == ""


async def test_one_file_of_a_clone_goes_by_the_settings_above_it(tmp_path: Path) -> None:
    repository(tmp_path / "bees", CLONE)
    _remote(tmp_path / "bees")

    async with opened(Wanted(source=str(tmp_path / "bees/docs/02-wax.md"))) as source:
        reader = Reader(source)
        ready = reader.open(reader.candidates[0])

    assert isinstance(ready, ReadDocument)
    assert ready.candidate.file.url == "https://bees.school.test/course/02-wax/"


async def test_a_part_of_a_repository_goes_by_the_settings_above_it(tmp_path: Path) -> None:
    address, _ = repository(tmp_path / "bees", CLONE)

    async with opened(Wanted(source=address, paths=("docs/02-wax.md",))) as source:
        reader = Reader(source)
        ready = [reader.open(each) for each in reader.candidates]

    urls = [each.candidate.file.url for each in ready if isinstance(each, ReadDocument)]
    assert "https://bees.school.test/course/02-wax/" in urls


def test_an_archive_brings_the_settings_of_its_site() -> None:
    names = {name for kind in KINDS for setting in kind.settings for name in [setting.rpartition("/")[2]]}

    assert names - SITE_SETTINGS <= {"mkdocs.yml", "mkdocs.yaml", "_quarto.yml", "_quarto.yaml"}


def test_what_a_manifest_says_wins(tmp_path: Path) -> None:
    manifest = (
        '[{"path": "docs/wax.md", "canonical_url": "https://first.school.test/wax"}, {"path": "mkdocs.yml"},'
        ' {"path": "docs/bees.md"}]'
    )
    files = {"mkdocs.yml": MKDOCS, "docs/wax.md": WAX, "docs/bees.md": WAX, "manifest.json": manifest}

    found = links(tmp_path, files)

    assert found["docs/wax.md"].startswith("https://first.school.test/wax")
    assert found["docs/bees.md"] == "https://bees.school.test/course/bees/#how-it-melts"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "ftp://school.test/", "//school.test/", "http://localhost:8000/", "https://example.com/",
        "https://docs.example.org/course/", "https://your-site.school.test/", "https://a b.test/", "{{ url }}", "",
    ],
)  # fmt: skip
def test_settings_with_no_address_of_the_web_or_a_templates_lead_nowhere(tmp_path: Path, address: str) -> None:
    settings = {"mkdocs.yml": f"site_url: '{address}'\n"}

    assert link(tmp_path, settings, "docs/wax.md").startswith("https://school.test/files/docs/wax.md")


def test_docusaurus_beside_its_docs_in_versions_and_languages(tmp_path: Path) -> None:
    config = (
        "import {themes} from 'x';\n// url: 'https://old.school.test'\nconst where = 'https://bees.school.test';\n"
        "const config: Config = {\n  url: where, baseUrl: '/b/', trailingSlash: false,\n"
        "  i18n: {defaultLocale: 'en', locales: ['en', 'he']},\n"
        "  presets: [['classic', /** x */ ({docs: {path: '../docs', routeBasePath: '/', "
        "editUrl: ({docPath}) => `https://x/${docPath}`}} satisfies Options)]],\n} satisfies Config\n\n"
        "export default config\n"
    )
    files = {
        "website/docusaurus.config.ts": config,
        "website/versions.json": '["2.0", "1.0"]',
        "docs/03-wax.md": WAX,
        "website/versioned_docs/version-2.0/03-wax.md": f"{WAX}\nIn the second edition.\n",
        "website/versioned_docs/version-1.0/03-wax.md": f"{WAX}\nIn the first edition.\n",
        "website/i18n/he/docusaurus-plugin-content-docs/version-2.0/03-wax.md": WAX,
        "website/i18n/fr/docusaurus-plugin-content-docs/version-2.0/03-wax.md": WAX,
    }

    found = links(tmp_path, files)

    assert found["docs/03-wax.md"] == "https://bees.school.test/b/next/wax#how-it-melts"
    assert found["website/versioned_docs/version-2.0/03-wax.md"] == "https://bees.school.test/b/wax#how-it-melts"
    assert found["website/versioned_docs/version-1.0/03-wax.md"] == "https://bees.school.test/b/1.0/wax#how-it-melts"
    hebrew = "website/i18n/he/docusaurus-plugin-content-docs/version-2.0/03-wax.md"
    assert found[hebrew] == "https://bees.school.test/b/he/wax#how-it-melts"
    assert all("bees.school.test" not in url for path, url in found.items() if "/fr/" in path)


def test_docusaurus_with_prefixes_of_its_own_is_left_open_where_they_count(tmp_path: Path) -> None:
    config = (
        "module.exports = {url: 'https://b.school.test', baseUrl: '/', "
        "presets: [['classic', {docs: {numberPrefixParser(name) { return x; }}}]]};"
    )

    found = links(tmp_path, {"docusaurus.config.js": config, "docs/1-wax.md": WAX, "docs/wax.md": WAX})

    assert found["docs/1-wax.md"].startswith("https://school.test/files/")
    assert found["docs/wax.md"] == "https://b.school.test/docs/wax#how-it-melts"


def test_mkdocs_with_versions_kept_by_mike_needs_to_be_told(tmp_path: Path) -> None:
    settings = {"mkdocs.yml": MKDOCS + "extra:\n  version:\n    provider: mike\n"}

    assert link(tmp_path / "a", settings, "docs/wax.md").startswith("https://school.test/files/")
    told = link(tmp_path / "b", settings, "docs/wax.md", site="https://bees.school.test/latest")
    assert told == "https://bees.school.test/latest/wax/#how-it-melts"


def test_mkdocs_goes_by_the_slug_of_its_contents_not_of_its_tabs(tmp_path: Path) -> None:
    tabs = (
        "markdown_extensions:\n  - pymdownx.tabbed:\n      slugify: !!python/name:mine.own ''\n"
        "  - toc:\n      permalink: true\n"
    )
    own = MKDOCS + "markdown_extensions:\n  - toc:\n      slugify: !!python/name:mine.own ''\n"

    assert link(tmp_path / "a", {"mkdocs.yml": MKDOCS + tabs}, "docs/wax.md").endswith("/wax/#how-it-melts")
    assert link(tmp_path / "b", {"mkdocs.yml": own}, "docs/wax.md").endswith("/wax/")


def test_mkdocs_has_no_pages_of_what_it_leaves_out(tmp_path: Path) -> None:
    settings = MKDOCS + "exclude_docs: |\n  # not yet\n  later/\n  *.part.md\n  /a/wax.md\n"
    files = {f"docs/{path}": WAX for path in ("wax.md", "later/wax.md", "b/x.part.md", "a/wax.md", "b/wax.md")}

    found = links(tmp_path, {"mkdocs.yml": settings, **files})

    on_site = {path for path, url in found.items() if url.startswith("https://bees.school.test/")}
    assert on_site == {"docs/wax.md", "docs/b/wax.md"}


def test_mkdocs_in_several_languages_by_name_and_by_folder(tmp_path: Path) -> None:
    plugin = (
        "plugins:\n  - i18n:\n      docs_structure: {}\n      languages:\n"
        "        - {{locale: en, default: true}}\n        - {{locale: he}}\n"
    )
    named = {"mkdocs.yml": MKDOCS + plugin.format("suffix"), "docs/wax.md": WAX, "docs/wax.he.md": WAX}
    foldered = {"mkdocs.yml": MKDOCS + plugin.format("folder"), "docs/en/wax.md": WAX, "docs/he/wax.md": WAX}

    for files, hebrew, english in (
        (named, "docs/wax.he.md", "docs/wax.md"),
        (foldered, "docs/he/wax.md", "docs/en/wax.md"),
    ):
        found = links(tmp_path / hebrew.replace("/", "-"), files)
        assert found[hebrew] == "https://bees.school.test/course/he/wax/#how-it-melts"
        assert found[english] == "https://bees.school.test/course/wax/#how-it-melts"


def test_mdbook_has_the_chapters_of_its_summary_alone(tmp_path: Path) -> None:
    files = {
        "book.toml": '[output.html]\ncname = "bees.school.test"\n',
        "src/SUMMARY.md": "# Summary\n\n[Bees](README.md)\n\n- [Wax](wax.md)\n",
        "src/README.md": "# Bees\n\nThey dance.\n",
        "src/wax.md": WAX,
        "src/left.md": WAX,
    }

    found = links(tmp_path, files)

    assert found["src/README.md"] == "https://bees.school.test/index.html"
    assert found["src/wax.md"] == "https://bees.school.test/wax.html#how-it-melts"
    assert found["src/left.md"].startswith("https://school.test/files/")


def test_mdbook_goes_by_its_repositorys_pages_where_its_path_says_so(tmp_path: Path) -> None:
    files = write(
        tmp_path,
        {"book.toml": '[output.html]\nsite-url = "/bees/"\n', "src/SUMMARY.md": "[W](wax.md)\n", "src/wax.md": WAX},
    )
    source = folder_source(files, base_url="https://github.com/Ann/bees/blob/0123456")

    reader = Reader(source)
    ready = reader.open(reader.candidates[0])

    assert isinstance(ready, ReadDocument)
    assert ready.candidate.file.url == "https://ann.github.io/bees/wax.html"


def test_jekyll_by_permalinks_of_its_own_of_collections_and_by_default(tmp_path: Path) -> None:
    config = (
        "url: https://bees.school.test\nbaseurl: /b\npermalink: pretty\ncollections:\n  lessons:\n    output: true\n"
        "    permalink: /l/:title/\n  hidden: {}\ndefaults:\n  - scope: {path: far}\n"
        "    values: {permalink: /f/:basename.html}\n"
    )
    front = "---\ntitle: Wax\n---\n"
    files = {
        "_config.yml": config,
        "wax.md": front + WAX,
        "plain.md": WAX,
        "own.md": "---\npermalink: /mine/\n---\n" + WAX,
        "dated.md": "---\npermalink: /:year/x/\n---\n" + WAX,
        "far/wax.md": front + WAX,
        "_lessons/Wax and.md": front + WAX,
        "_hidden/wax.md": front + WAX,
    }

    found = links(tmp_path, files)

    assert found["wax.md"] == "https://bees.school.test/b/wax/#how-it-melts"
    assert found["own.md"] == "https://bees.school.test/b/mine/#how-it-melts"
    assert found["far/wax.md"] == "https://bees.school.test/b/f/wax.html#how-it-melts"
    assert found["_lessons/Wax and.md"] == "https://bees.school.test/b/l/Wax-and/#how-it-melts"
    for path in ("plain.md", "dated.md", "_hidden/wax.md"):
        assert found[path].startswith("https://school.test/files/"), path


def test_hugo_in_languages_with_slugs_and_what_is_not_out_yet(tmp_path: Path) -> None:
    files = {
        "config/_default/config.toml": 'baseURL = "https://bees.school.test/"\ndefaultContentLanguage = "en"\n',
        "config/_default/languages.toml": "[en]\nweight = 1\n[he]\nweight = 2\n",
        "content/en-wax.md": WAX,
        "content/a/Wax One.md": WAX,
        "content/a/wax.he.md": WAX,
        "content/a/slug.md": "+++\nslug = 'Soft Wax'\n+++\n" + WAX,
        "content/a/later.md": "---\ndate: 2030-01-01\n---\n" + WAX,
        "content/b/_index.md": "---\ncascade:\n  url: /x/\n---\n" + WAX,
        "content/b/wax.md": WAX,
        "content/c/index.md": WAX,
        "content/c/part.md": WAX,
    }

    found = links(tmp_path, files, today="2026-11-30")

    assert found["content/a/Wax One.md"] == "https://bees.school.test/a/wax-one/#how-it-melts"
    assert found["content/a/wax.he.md"] == "https://bees.school.test/he/a/wax/#how-it-melts"
    assert found["content/a/slug.md"] == "https://bees.school.test/a/soft-wax/#how-it-melts"
    assert found["content/c/index.md"] == "https://bees.school.test/c/#how-it-melts"
    for path in ("content/a/later.md", "content/b/wax.md", "content/c/part.md"):
        assert found[path].startswith("https://school.test/files/"), path


def test_quarto_has_a_books_chapters_and_a_websites_pages(tmp_path: Path) -> None:
    book = (
        "project:\n  type: book\nbook:\n  site-url: https://bees.school.test/\n"
        "  chapters:\n    - index.qmd\n    - part: P\n      chapters: [wax.qmd]\n"
    )
    site = (
        "project:\n  type: website\n  render: ['*.qmd', '!left.qmd']\nwebsite:\n  site-url: https://bees.school.test\n"
    )
    pages = {"index.qmd": "# Bees\n\nThey dance.\n", "wax.qmd": WAX, "left.qmd": WAX, "a/wax.qmd": WAX}

    for at, settings in enumerate((book, site)):
        found = links(tmp_path / str(at), {"_quarto.yml": settings, **pages})
        assert found["index.qmd"] == "https://bees.school.test/"
        assert found["wax.qmd"] == "https://bees.school.test/wax.html#how-it-melts"
        assert found["left.qmd"].startswith("https://school.test/files/")
        assert found["a/wax.qmd"].startswith("https://school.test/files/")


def test_sphinx_by_settings_that_are_read_and_never_run(tmp_path: Path) -> None:
    conf = (
        "import os\nos.makedirs('ran')\nBASE = 'https://bees.school.test/'\nhtml_baseurl = BASE\n"
        "exclude_patterns = ['left/**']\n"
    )
    reckoned = "import os\nhtml_baseurl = os.environ.get('URL', 'https://bees.school.test/')\n"

    found = links(tmp_path / "a", {"docs/conf.py": conf, "docs/wax.md": WAX, "docs/left/wax.md": WAX})
    unknown = links(tmp_path / "b", {"docs/conf.py": reckoned, "docs/wax.md": WAX})

    assert found["docs/wax.md"] == "https://bees.school.test/wax.html#how-it-melts"
    assert found["docs/left/wax.md"].startswith("https://school.test/files/")
    assert unknown["docs/wax.md"].startswith("https://school.test/files/")
    assert not Path("ran").exists()


def test_a_jupyter_book_is_no_jekyll_site(tmp_path: Path) -> None:
    settings = {"_config.yml": "html:\n  baseurl: https://bees.school.test/book\n", "_toc.yml": "root: wax\n"}

    assert link(tmp_path, settings) == "https://bees.school.test/book/wax.html#how-it-melts"


def test_a_jupyter_book_may_have_the_pages_of_its_contents_alone(tmp_path: Path) -> None:
    files = {
        "_config.yml": "only_build_toc_files: true\nhtml: {baseurl: 'https://bees.school.test/'}\n",
        "_toc.yml": "root: index\nparts:\n  - chapters:\n      - {file: a/wax.md, sections: [{file: bees}]}\n",
        "a/wax.md": WAX,
        "bees.md": WAX,
        "left.md": WAX,
    }

    found = links(tmp_path, files)

    assert found["a/wax.md"] == "https://bees.school.test/a/wax.html#how-it-melts"
    assert found["bees.md"] == "https://bees.school.test/bees.html#how-it-melts"
    assert found["left.md"].startswith("https://school.test/files/")


def test_restructured_text_has_the_ids_of_its_own_names_in_sphinx() -> None:
    text = "# Bees\n\n## Wax {#wax}\n\nOne.\n\n## שעווה {#id1}\n\nTwo.\n"

    page = certainly_anchored(read_anchored(text, is_translation=False))

    assert [section.anchor for section in page.sections] == ["", "", "wax", ""]


def test_the_nearest_settings_have_a_file_and_others_lie_beside(tmp_path: Path) -> None:
    files = {
        "mkdocs.yml": MKDOCS,
        "docs/wax.md": WAX,
        "old/mkdocs.yml": "site_url: https://old.school.test/\n",
        "old/docs/wax.md": f"{WAX}\nAs it was.\n",
        "README.md": "# Bees\n\nThey dance.\n",
    }

    found = links(tmp_path, files, site="https://new.school.test")

    assert found["docs/wax.md"] == "https://new.school.test/wax/#how-it-melts"
    assert found["old/docs/wax.md"] == "https://old.school.test/wax/#how-it-melts"
    assert found["README.md"].startswith("https://school.test/files/README.md")


def test_broken_settings_stop_nothing(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "mkdocs.yml": "site_url: [\n", "book.toml": "= =", "conf.py": "def (", "_quarto.yml": "[" * 3000,
        "docusaurus.config.js": "export default {url: 'https://b.test', baseUrl:" + "{a:[" * 3000, "hugo.json": "{",
        "_config.yml": b"\xff\xfe\x00", "_toc.yml": "- - -", "docs/wax.md": WAX,
    }  # fmt: skip

    assert links(tmp_path, files)["docs/wax.md"].startswith("https://school.test/files/")


def _remote(folder: Path) -> None:
    from tests.lessons.test_repositories import git

    git(folder, "remote", "add", "origin", "https://github.com/ann/bees")
