"""Text files are read from the platform's own hosts, within a bound, and from nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from adapters.text_files import OfferedFile, TextFiles, shown_name
from bot.domain import Address, ChatMessage, Person

SAID = ChatMessage(
    event_id="1", message_id="1", address=Address("lab", "", "1"), person=Person("1", "Ada"), text="read"
)


class Host:
    """A host of files; `asked` are the paths that were asked for, and what was sent along."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.url = ""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, request.headers.get("Authorization", "")))
        match request.path:
            case "/away.txt":
                return web.Response(status=302, headers={"Location": f"{self.url}/secret.txt"})
            case "/login.txt":
                return web.Response(text="<html>Sign in</html>", content_type="text/html")
            case "/endless.txt":
                answer = web.StreamResponse()
                await answer.prepare(request)
                for _ in range(200):
                    await answer.write(b"owl " * 1000)
                return answer
            case "/missing.txt":
                return web.Response(status=404)
            case "/bytes.txt":
                return web.Response(body=b"\xff\xfe\x00")
        return web.Response(text="the owl is OWL-4711")


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


def files(host: Host, *, most_bytes: int = 10_000) -> TextFiles:
    headers = {"Authorization": "Bearer xoxb-1"}
    return TextFiles(hosts={"files.lab.example"}, most_bytes=most_bytes, origin=f"{host.url}/api/", headers=headers)


async def test_a_file_of_the_platform_is_read_with_its_token(host: Host) -> None:
    said = await files(host).with_files(SAID, [OfferedFile("notes.txt", f"{host.url}/notes.txt", 19, "text/plain")])

    assert [file.text for file in said.files] == ["the owl is OWL-4711"]
    assert host.asked == [("/notes.txt", "Bearer xoxb-1")]


@pytest.mark.parametrize("name", ["away.txt", "login.txt", "endless.txt", "missing.txt", "bytes.txt"])
async def test_what_is_no_text_of_the_platform_is_not_read(host: Host, name: str) -> None:
    said = await files(host).with_files(SAID, [OfferedFile(name, f"{host.url}/{name}", 19)])

    assert (said.files, said.unseen) == ((), (name,))
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
    assert said.unseen == ("notes.txt",)
    assert host.asked == []


@pytest.mark.parametrize("file", [("owl.png", 19, "image/png"), ("large.txt", 10_001, ""), ("empty.txt", 0, "")])
async def test_pictures_and_what_is_too_large_are_not_asked_for(host: Host, file: tuple[str, int, str]) -> None:
    name, size, kind = file
    said = await files(host).with_files(SAID, [OfferedFile(name, f"{host.url}/{name}", size, kind)])

    assert said.unseen == (name,)
    assert host.asked == []


async def test_the_bound_is_for_all_files_of_a_message_together(host: Host) -> None:
    offered = [OfferedFile(f"{number}.txt", f"{host.url}/{number}.txt", 19) for number in range(3)]
    said = await files(host, most_bytes=40).with_files(SAID, offered)

    assert [file.name for file in said.files] == ["0.txt", "1.txt"]
    assert said.unseen == ("2.txt",)


async def test_a_file_of_another_is_quoted_as_theirs(host: Host) -> None:
    bens = OfferedFile("notes.txt", f"{host.url}/notes.txt", 19, is_others=True, author="Ben", author_id="2")
    said = await files(host).with_files(SAID, [bens])

    assert said.files == ()
    assert [(quote.author_id, quote.file) for quote in said.quotes] == [("2", "notes.txt")]


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
