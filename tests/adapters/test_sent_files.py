"""What people send along is read from the platform's own hosts, within bounds, and from nowhere else."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial

import pytest
from aiohttp import web

from adapters.downloads import Downloads
from adapters.offered_files import OfferedFile, shown_name
from adapters.sent_files import KB, FileLimits, HeldFiles, SentFiles
from bot.domain import Address, ChatMessage, DocumentText, Incoming, Person, Picture, WhyUnread, unseen_file
from bot.ports import Documents
from tests.documents.samples import pdf, picture

SAID = ChatMessage(
    event_id="1", message_id="1", address=Address("lab", "", "1"), person=Person("1", "Ada"), text="read"
)


class Host:
    """A host of files; `asked` are the paths that were asked for, and what was sent along."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.url = ""
        self.answers: dict[str, Callable[[], web.Response]] = {
            "/away.txt": lambda: web.Response(status=302, headers={"Location": f"{self.url}/secret.txt"}),
            "/login.txt": lambda: web.Response(text="<html>Sign in</html>", content_type="text/html"),
            "/missing.txt": lambda: web.Response(status=404),
            "/bytes.txt": lambda: web.Response(body=b"\xff\xfe\x00"),
            "/blank.txt": lambda: web.Response(text=" \n "),
            "/owls.pdf": lambda: web.Response(body=pdf("The owl is OWL-4711.")),
            **{f"/{number}.md": lambda: web.Response(text="owl " * 1_000) for number in range(3)},
            **{f"/owl.{kind}": partial(web.Response, body=picture(kind)) for kind in ("png", "jpeg", "webp", "gif")},
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers.get("Authorization", "")))
        if request.path == "/endless.txt":
            return await endless(request)
        return self.answers.get(request.path, lambda: web.Response(text="the owl is OWL-4711"))()


async def endless(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(200):
        await answer.write(b"owl " * 1000)
    return answer


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    app = web.Application()
    app.router.add_get("/{name}", host.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield host
    await runner.cleanup()


LIMITS = FileLimits(text_kb=10, picture_kb=20, document_kb=20)


def files(host: Host, *, limits: FileLimits = LIMITS, documents: Documents | None = None) -> SentFiles:
    headers = {"Authorization": "Bearer xoxb-1"}
    downloads = Downloads(hosts={"files.lab.example"}, origin=f"{host.url}/api/", headers=headers)
    return SentFiles(downloads=downloads, limits=limits, documents=documents)


def reasons(said: Incoming) -> list[tuple[str, str]]:
    """Return the files that nobody has read, and why."""
    return [(each.name, each.why.value) for each in map(unseen_file, said.unseen)]


async def test_a_file_of_the_platform_is_read_with_its_token(host: Host) -> None:
    said = await files(host).with_files(SAID, [OfferedFile("notes.txt", f"{host.url}/notes.txt", 19, "text/plain")])

    assert [file.text for file in said.files] == ["the owl is OWL-4711"]
    assert host.asked == [("/notes.txt", "Bearer xoxb-1")]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("away.txt", "not_given"),
        ("login.txt", "not_given"),
        ("endless.txt", "large"),
        ("missing.txt", "not_given"),
        ("bytes.txt", "damaged"),
        ("blank.txt", "empty"),
    ],
)
async def test_what_is_no_text_of_the_platform_is_not_read(host: Host, name: str, why: str) -> None:
    said = await files(host).with_files(SAID, [OfferedFile(name, f"{host.url}/{name}", 19)])

    assert (said.files, reasons(said)) == ((), [(name, why)])
    assert [path for path, _ in host.asked] == [f"/{name}"]


@pytest.mark.parametrize(
    "address",
    [
        "http://files.lab.example/notes.txt",
        "https://files.lab.example:8443/notes.txt",
        "https://files.lab.example.evil.example/notes.txt",
        "https://evil.example/files.lab.example/notes.txt",
        "https://files.lab.example@evil.example/notes.txt",
        "https://user@files.lab.example/notes.txt",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "//files.lab.example/notes.txt",
        "",
        "http://[",
    ],
)
async def test_no_other_host_is_asked(host: Host, address: str) -> None:
    file = OfferedFile("notes.txt", address, 19)
    said = await files(host).with_files(SAID, [file])

    assert not files(host).reads(file)
    assert reasons(said) == [("notes.txt", "not_given")]
    assert host.asked == []


@pytest.mark.parametrize(
    ("name", "size_bytes", "kind", "why"),
    [
        ("owls.zip", 19, "application/zip", "kind"),
        ("owl.mp4", 19, "video/mp4", "kind"),
        ("owl.svg", 19, "image/svg+xml", "kind"),
        ("large.txt", 10 * KB + 1, "", "large"),
        ("large.png", 20 * KB + 1, "image/png", "large"),
        ("large.pdf", 20 * KB + 1, "", "large"),
        ("empty.txt", 0, "", "empty"),
    ],
)
async def test_other_kinds_and_what_is_too_large_are_not_asked_for(
    host: Host, name: str, size_bytes: int, kind: str, why: str
) -> None:
    said = await files(host).with_files(SAID, [OfferedFile(name, f"{host.url}/{name}", size_bytes, kind)])

    assert reasons(said) == [(name, why)]
    assert host.asked == []


async def test_with_a_limit_of_nothing_no_file_of_the_kind_is_asked_for(host: Host) -> None:
    limits = FileLimits(text_kb=0, picture_kb=0, document_kb=0)
    names = ["notes.txt", "owl.png", "owls.pdf"]
    said = await files(host, limits=limits).with_files(
        SAID, [OfferedFile(name, f"{host.url}/{name}", 19) for name in names]
    )

    assert reasons(said) == [(name, "off") for name in names]
    assert host.asked == []


async def test_the_bound_is_for_all_files_of_a_message_together(host: Host) -> None:
    offered = [OfferedFile(f"{number}.md", f"{host.url}/{number}.md", 4_000) for number in range(3)]
    said = await files(host).with_files(SAID, offered)

    assert [file.name for file in said.files] == ["0.md", "1.md"]
    assert reasons(said) == [("2.md", "large")]


async def test_more_files_than_five_are_told_and_not_asked_for(host: Host) -> None:
    offered = [OfferedFile(f"{number}.txt", f"{host.url}/{number}.txt", 19) for number in range(7)]
    said = await files(host).with_files(SAID, offered)

    assert len(said.files) == 5
    assert reasons(said) == [("5.txt", "many"), ("6.txt", "many")]
    assert len(host.asked) == 5


async def test_a_file_of_another_is_quoted_as_theirs(host: Host) -> None:
    bens = OfferedFile("notes.txt", f"{host.url}/notes.txt", 19, is_others=True, author="Ben", author_id="2")
    said = await files(host).with_files(SAID, [bens])

    assert said.files == ()
    assert [(quote.author_id, quote.file) for quote in said.quotes] == [("2", "notes.txt")]


class Reader:
    """See `ports.Documents`: says always the same, when it is let."""

    def __init__(self, said: DocumentText | WhyUnread) -> None:
        self.said = said
        self.read_so_far: list[bytes] = []
        self.asked, self.let = asyncio.Event(), asyncio.Event()
        self.let.set()

    async def read(self, content: bytes) -> DocumentText | WhyUnread:
        self.read_so_far.append(content)
        self.asked.set()
        await self.let.wait()
        return self.said


def paper(host: Host) -> list[OfferedFile]:
    return [OfferedFile("owls.pdf", f"{host.url}/owls.pdf", 900, "application/pdf")]


class TestDocuments:
    async def test_one_is_handed_to_what_reads_it(self, host: Host) -> None:
        reader = Reader(DocumentText("[page 1]\nowls", is_cut=True))
        said = await files(host, documents=reader).with_files(SAID, paper(host))

        assert reader.read_so_far == [pdf("The owl is OWL-4711.")]
        assert [(file.text, file.is_document, file.is_cut) for file in said.files] == [("[page 1]\nowls", True, True)]

    @pytest.mark.parametrize("why", [WhyUnread.LOCKED, WhyUnread.NO_READER, WhyUnread.COSTLY])
    async def test_why_one_is_not_read_is_told(self, host: Host, why: WhyUnread) -> None:
        said = await files(host, documents=Reader(why)).with_files(SAID, paper(host))

        assert reasons(said) == [("owls.pdf", why.value)]

    async def test_one_of_another_is_quoted_as_theirs(self, host: Host) -> None:
        sent = [replace(paper(host)[0], is_others=True, author="Ben", author_id="2")]
        said = await files(host, documents=Reader(DocumentText("owls"))).with_files(SAID, sent)

        assert [(quote.author_id, quote.file, quote.is_document) for quote in said.quotes] == [("2", "owls.pdf", True)]

    async def test_an_event_that_comes_again_meanwhile_waits_for_the_same_reading(self, host: Host) -> None:
        reader = Reader(DocumentText("owls"))
        reader.let.clear()
        reading = files(host, documents=reader)
        first, again = (asyncio.create_task(reading.with_files(SAID, paper(host))) for _ in range(2))
        await reader.asked.wait()
        first.cancel()
        reader.let.set()

        assert [file.text for file in (await again).files] == ["owls"]
        assert len(reader.read_so_far) == len(host.asked) == 1


class TestPictures:
    @pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif"])
    async def test_one_is_kept_as_it_is(self, host: Host, kind: str) -> None:
        said = await files(host).with_files(SAID, [OfferedFile(f"owl.{kind}", f"{host.url}/owl.{kind}", 200)])

        assert said.pictures == (Picture(f"owl.{kind}", picture(kind)),)
        assert "\\x" not in repr(said)

    async def test_what_is_called_a_picture_and_is_none_is_told(self, host: Host) -> None:
        said = await files(host).with_files(SAID, [OfferedFile("words.png", f"{host.url}/words.png", 19)])

        assert (said.pictures, reasons(said)) == ((), [("words.png", "damaged")])

    def test_of_all_open_turns_only_so_much_is_held(self) -> None:
        held = HeldFiles(most_bytes=10)
        first = held.hold(Picture("a.png", b"12345678"), 8)

        assert isinstance(first, Picture)
        assert held.hold(Picture("b.png", b"123"), 3) is WhyUnread.FULL
        del first
        gc.collect()
        assert isinstance(held.hold(Picture("b.png", b"123"), 3), Picture)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x\u202etxt.exe", "xtxt.exe"),
        ("\u200b", "?"),
        ("\x00\x1b[31m.txt", "[31m.txt"),
        ("Ben: yes\nAda: no", "Ben: yes Ada: no"),
        ("a`b`.md", "a'b'.md"),
        ("", "?"),
        ("n" * 500, "n" * 79 + "…"),
        ("../../etc/passwd", "../../etc/passwd"),
    ],
)
def test_a_name_is_shown_in_one_line_that_hides_and_turns_nothing(name: str, shown: str) -> None:
    assert shown_name(name) == shown
