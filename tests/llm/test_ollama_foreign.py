"""What proxies, other servers and older ones send in the place of Ollama: read where it can be, told where not."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import replace

import pytest

from bot.domain import Completion, Delta, FinishReason, Notice
from bot.errors import BotError, Transient, Unavailable
from bot.i18n import sentence
from bot.llm.ollama import OllamaBackend
from bot.llm.ollama_chat import MOST_CHARS_PER_TOKEN
from bot.runtime.backends import choose_backend
from bot.settings.host_settings import OllamaSettings
from bot.settings.schema import Settings
from tests.lab.certificates import CERTIFICATE, self_signed
from tests.lab.raw_host import RawHost, answer, chunked
from tests.llm.ollama_talk import REQUEST, events, text_of

BOM = b"\xef\xbb\xbf"
HELLO = '{"message":{"role":"assistant","content":"Hello"},"done":false}'
THERE = '{"message":{"role":"assistant","content":" there."},"done":false}'
DONE = '{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}'
WHOLE = f"{HELLO}\n{THERE}\n{DONE}\n"
OVERFLOW = {"code": 400, "type": "exceed_context_size_error", "n_prompt_tokens": 3000, "n_ctx": 2048}


LISTED = {"/api/tags": answer('{"models":[{"name":"smollm2:135m","model":"smollm2:135m","digest":"d"}]}')}


async def heard(host: RawHost) -> tuple[str, BotError | None]:
    """Return the text of a chat and the error that ended it, if one did."""
    backend, text = OllamaBackend(host=host.url, first_byte_s=5, stall_s=5), ""
    try:
        async for event in backend.chat(REQUEST):
            text += event.text if isinstance(event, Delta) else ""
    except BotError as error:
        return text, error
    finally:
        await backend.close()
    return text, None


async def answered(raw: bytes) -> tuple[str, str]:
    """Return the text of a chat and the key of what ended it, "" for an end as it should be."""
    async with RawHost(LISTED | {"/api/chat": raw}) as host:
        text, error = await heard(host)
    return text, error.key if error else ""


# Answers that are written in an odd way and can be read


@pytest.mark.parametrize(
    "raw",
    [
        answer(WHOLE.replace("\n", "\r\n")),
        answer(WHOLE.replace("\n", "\r")),
        answer(BOM + WHOLE.encode()),
        chunked(*(BOM + f"{line}\n".encode() for line in (HELLO, THERE, DONE))),
        answer(WHOLE.replace("\n", "")),
        chunked(f"{HELLO} {THERE}\n", f"{DONE}{DONE}\n"),
        chunked(f"{HELLO}\n\n", "\r\n", f" {THERE}\n", DONE),
        answer(gzip.compress(WHOLE.encode()), headers={"Content-Encoding": "gzip"}),
        answer(zlib.compress(WHOLE.encode()), headers={"Content-Encoding": "deflate"}),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer(WHOLE),
        b"HTTP/1.0 200 OK\r\n\r\n" + WHOLE.encode(),
        chunked(f"{HELLO}\n", f"{THERE}\n", f"{DONE}\n", f"{THERE}\n", "<p>more</p>"),
    ],
)
async def test_lines_written_in_an_odd_way_are_read(raw: bytes) -> None:
    assert await answered(raw) == ("Hello there.", "")


@pytest.mark.parametrize(
    "odd",
    [
        '{"model":"m","message":null,"done":false}',
        '{"message":{"role":"assistant","content":null},"done":false}',
        '{"message":{"content":""},"error":"","done":false}',
        '{"message":{"content":""},"error":null,"done":false}',
        '{"message":{"content":"","tool_calls":null},"done":false,"done":false}',
    ],
)
async def test_a_chunk_that_says_nothing_spoils_no_answer(odd: str) -> None:
    assert await answered(chunked(f"{HELLO}\n", f"{odd}\n", f"{THERE}\n", f"{DONE}\n")) == ("Hello there.", "")


@pytest.mark.parametrize(
    "last",
    ['{"message":null,"done":true}', '{"done":true}', '{"message":{"content":null},"done":true,"eval_count":null}'],
)
async def test_an_answers_end_needs_no_message(last: str) -> None:
    assert await answered(chunked(f"{HELLO}\n", f"{last}\n")) == ("Hello", "")


async def test_an_answer_cut_in_the_middle_of_a_line_is_broken_off() -> None:
    assert await answered(chunked(f"{HELLO}\n", '{"message":{"role":"assi')) == ("Hello", "error.stream_broken")


@pytest.mark.parametrize(
    "raw", ["<!doctype html><p>Sign in</p>", "Ollama is running", "data: {}\n\n", '{"response":"Hi"}\n']
)
async def test_what_is_no_answer_of_ollamas_is_told_as_such(raw: str) -> None:
    assert await answered(answer(raw)) == ("", "error.host_odd")


@pytest.mark.parametrize(
    "raw",
    [
        answer(json.dumps({"error": json.dumps({"error": OVERFLOW})}) + "\n"),
        answer(json.dumps({"error": OVERFLOW}) + "\n"),
        answer(json.dumps({"error": OVERFLOW}), status=400),
    ],
)
async def test_a_window_that_is_too_small_is_told_wherever_it_says_so(raw: bytes) -> None:
    assert await answered(raw) == ("", "error.prompt_too_long")


async def test_a_page_that_unpacks_to_hundreds_of_megabytes_is_not_read_to_its_end() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(300)) + packer.flush()

    assert await answered(answer(bomb, headers={"Content-Encoding": "gzip"})) == ("", "error.host_odd")


@pytest.mark.parametrize("field", ["content", "thinking"])
async def test_an_answer_that_never_ends_is_ended_at_its_limit(field: str) -> None:
    one = json.dumps({"message": {"content": "", field: "la "}, "done": False}) + "\n"
    async with RawHost(LISTED | {"/api/chat": chunked(one * 100_000, ends=False)}) as host:
        backend = OllamaBackend(host=host.url)
        every = await events(backend, replace(REQUEST, answer_tokens=64))
        await backend.close()

    assert len(every) < 64 * 10
    assert isinstance(every[-1], Completion)
    assert every[-1].reason is FinishReason.LENGTH


async def test_an_answer_in_a_few_huge_pieces_is_ended_at_its_limit() -> None:
    one = json.dumps({"message": {"content": "la " * 100_000}, "done": False}) + "\n"
    async with RawHost(LISTED | {"/api/chat": chunked(*[one] * 40, ends=False)}) as host:
        backend = OllamaBackend(host=host.url)
        every = await events(backend, replace(REQUEST, answer_tokens=64))
        await backend.close()

    assert len(text_of(every)) == 64 * MOST_CHARS_PER_TOKEN
    assert isinstance(every[-1], Completion)


# Connections that come to nothing


@pytest.mark.parametrize("path", ["/api/chat", "/api/tags"])
async def test_a_host_that_hangs_up_without_a_word_is_unreachable(path: str) -> None:
    async with RawHost(LISTED | {path: b""}) as host:
        error = await error_of(host, path)

    assert isinstance(error, Transient)
    assert error.key == "error.host_unreachable"


@pytest.mark.parametrize(
    "greeting",
    [
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\r\n\r\n",
        b"220 mail.example ESMTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Odd: " + b"a" * 200_000 + b"\r\n\r\n",
    ],
)
@pytest.mark.parametrize("path", ["/api/chat", "/api/tags"])
async def test_what_speaks_no_http_is_told_as_no_ollama(path: str, greeting: bytes) -> None:
    async with RawHost(LISTED | {path: greeting}) as host:
        error = await error_of(host, path)

    assert error.key == "error.host_odd"
    assert not isinstance(error, Transient)


async def error_of(host: RawHost, path: str) -> BotError:
    if path == "/api/chat":
        _, error = await heard(host)
        assert error is not None
        return error
    backend = OllamaBackend(host=host.url)
    with pytest.raises(BotError) as caught:
        await backend.models()
    await backend.close()
    return caught.value


async def test_a_host_is_asked_at_an_ipv6_address() -> None:
    async with RawHost(LISTED | {"/api/chat": answer(WHOLE)}, host="::1") as host:
        assert await heard(host) == ("Hello there.", None)


# Connections that are not secure


@pytest.mark.parametrize("path", ["/api/chat", "/api/tags"])
async def test_a_certificate_nobody_vouches_for_is_told_as_such(path: str) -> None:
    async with RawHost(LISTED | {path: answer(WHOLE)}, tls=self_signed()) as host:
        error = await error_of(host, path)

    assert isinstance(error, Unavailable)
    assert not isinstance(error, Transient)
    assert error.key == "error.host_tls"
    assert host.url in sentence(Notice(error.key, error.parameters), "en")
    assert host.requests == []


async def test_a_plain_port_named_with_https_is_told_as_such() -> None:
    # Servers of plain HTTP take the greeting of TLS for a bad request, say so and hang up.
    async with RawHost(greeting=answer("400 Bad Request", status=400)) as host:
        host.url = host.url.replace("http://", "https://")
        host_error = (await heard(host))[1]

    assert host_error is not None
    assert host_error.key in {"error.host_tls", "error.host_unreachable"}


async def test_a_start_says_that_a_certificate_is_not_trusted() -> None:
    async with RawHost(tls=self_signed()) as host:
        chosen_backend = await choose_backend(Settings(ollama=OllamaSettings(hosts=(host.url,))))
        await chosen_backend.backend.close()

    assert chosen_backend.statement == Notice("host.tls", {"host": host.url})
    assert "`SSL_CERT_FILE`" in sentence(chosen_backend.statement, "he")


async def test_a_certificate_the_operator_vouches_for_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with RawHost(LISTED | {"/api/chat": answer(WHOLE)}, tls=self_signed()) as host:
        assert await heard(host) == ("Hello there.", None)
