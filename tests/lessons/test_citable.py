"""Addresses that come with a course: of the web as they look, or dropped."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Source
from bot.domain.citable import citable
from bot.domain.course import Document
from bot.lessons.files import CourseFile
from bot.lessons.reading.originals import contents
from bot.lessons.reading.pages import LessonPage
from bot.lessons.sources.folders import course_file
from bot.lessons.sources.git import is_address, web_address
from bot.lessons.sources.manifests import read_manifest

KEPT = [
    "https://github.com/owner/course/blob/main/01-owls/README.md",
    "http://course.example:8080/a%20b?x=1",
    "https://course.example/שיעור",
]
DROPPED = [
    "javascript:alert(1)",
    "JavaScript://course.example/%0aalert(1)",
    "java\nscript:alert(1)",
    "java%73cript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,<script>",
    "mailto:dana@course.example",
    "vbscript:x",
    "https:course.example",
    "//course.example/a",
    "/a/b",
    "https://",
    "https:///a",
    "http://[",
    "http://[::1",
    "https://course.example:99999/",
    "https://course.example:x/",
    "https://dana@course.example/",
    "https://dana:hunter2@course.example/",
    "https://good.example%40evil.example/",
    "https://good.example%2f.evil.example/",
    "https://good.example\\@evil.example/",
    "https://course.example/a\r\nb",
    "https://course.example/a%0d%0ab",
    "https://course.example/a%00",
    "https://course.example/a b",
    "https://course.example/a)<b>",
    "https://course.example/\u202egnp.exe",
    "https://course.example/\u200b",
    "https://course.example/" + "a" * 2000,
    "",
]


@pytest.mark.parametrize("address", KEPT)
def test_an_address_of_the_web_is_cited_as_it_is(address: str) -> None:
    assert citable(address) == address


@pytest.mark.parametrize("address", DROPPED)
def test_any_other_address_is_dropped_wherever_it_comes_in(address: str) -> None:
    file = CourseFile(path="a.md", place="a.md", course="c", url=address)
    document = Document(course="c", lesson="l", title="t", language="en", path="a.md", url=address, content_hash="")

    assert (citable(address), file.url, document.url, Source("t", address).url) == ("", "", "", "")


@pytest.mark.parametrize("address", [each for each in DROPPED if len(each) < 2000])
def test_a_manifest_with_such_an_address_is_read_without_it(address: str) -> None:
    read = read_manifest(json.dumps([{"path": "a.md", "canonical_url": address}]).encode())

    assert read is not None
    assert read["a.md"].url == citable(address.strip())


def test_a_base_address_that_is_none_gives_no_links() -> None:
    assert course_file("a.md", course="c", base_url="javascript:alert(1)//").url == ""
    assert course_file("a.md", course="c", base_url="http://[").url == ""


def test_brackets_do_not_end_a_link() -> None:
    assert citable("https://course.example/a_(b)") == "https://course.example/a_%28b%29"


@pytest.mark.parametrize("address", ["http://[", "https://[::1/x.git", "http://]["])
def test_an_address_that_cannot_be_one_is_no_traceback(address: str) -> None:
    page = LessonPage(sections=(), links={address: "Owls", "owls.md": "More owls"})

    assert is_address(address)
    assert not is_address("git")
    assert web_address(address, "c0ffee") == ""
    assert contents(page, original="README.md") == {"owls.md": "More owls"}


@given(st.text(max_size=80), st.sampled_from(["https://", "http://", "javascript:", "https://a@", "", "https://a/%"]))
def test_whatever_is_cited_is_one_word_of_the_web(text: str, scheme: str) -> None:
    cited = citable(scheme + text)

    assert not cited or (cited.lower().startswith(("https://", "http://")) and len(cited.split()) == 1)
