"""Slack over HTTP: the same bot, and no request that Slack did not sign."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from urllib.parse import urlencode

import pytest

from adapters.slack.adapter import SlackAdapter
from adapters.slack.http_handler import FORM, MOST_BYTES, HttpDoor, parsed
from adapters.slack.signatures import is_signed, signature_of
from bot.errors import ConfigurationError, Unavailable
from tests.adapters.slack_scene import Scene, make_scene, running
from tests.lab.slack import SlackLab
from tests.lab.slack.http_delivery import HttpTarget

SECRET, OLD_SECRET = "8f742231b10e8888abcd99yyyzzz85a5", "an-older-secret-that-still-counts"
NOW = 1_531_420_618.0
# The example of Slack's own documentation.
EXAMPLE = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
EXAMPLE_SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


@dataclass
class HttpScene:
    """A school's Slack whose app gets requests."""

    scene: Scene
    target: HttpTarget


@asynccontextmanager
async def over_http(lab: SlackLab | None = None) -> AsyncIterator[HttpScene]:
    async with lab or SlackLab() as opened:
        scene = make_scene(opened)
        adapter = http_adapter(scene)
        async with running(adapter):
            address = f"http://127.0.0.1:{adapter.port}"
            target = HttpTarget(address, SECRET, lambda: opened.clock.utc().timestamp())
            opened.socket.http = target
            yield HttpScene(replace(scene, adapter=adapter), target)
        assert opened.violations == []


def http_adapter(scene: Scene, *, port: int = 0) -> SlackAdapter:
    return SlackAdapter(
        engine=scene.engine,
        bot_token=scene.lab.bot_token,
        http=HttpDoor(secrets=(SECRET, OLD_SECRET), host="127.0.0.1", port=port),
        api_url=scene.lab.api_url,
        clock=scene.lab.clock,
    )


@pytest.fixture
async def http() -> AsyncIterator[HttpScene]:
    async with over_http() as scene:
        yield scene


async def test_a_mention_is_answered_without_a_socket(http: HttpScene) -> None:
    scene = http.scene
    await scene.lab.say(scene.channel, scene.ada, "Where do owls sleep?", mention=True)
    answer = await scene.answered("Where do owls sleep?")

    assert answer.thread_ts
    assert set(http.target.statuses) == {200}
    assert scene.lab.socket.connections == 0


async def test_a_command_and_its_private_answer_come_over_http(http: HttpScene) -> None:
    scene = http.scene
    await scene.lab.slash(scene.channel, scene.ada, "/model", "why")
    await scene.lab.until(lambda: bool(scene.lab.private(scene.channel, scene.ada)))

    assert "smollm2:135m" in scene.lab.private(scene.channel, scene.ada)[-1].shown


async def test_a_command_may_speak_of_the_payload(http: HttpScene) -> None:
    scene = http.scene
    await scene.lab.slash(scene.channel, scene.ada, "/model", "info payload=1")
    await scene.lab.until(lambda: bool(scene.lab.private(scene.channel, scene.ada)))

    assert "payload" in scene.lab.private(scene.channel, scene.ada)[-1].shown


async def test_an_event_that_comes_again_is_answered_once(http: HttpScene) -> None:
    scene = http.scene
    await scene.lab.say(scene.channel, scene.ada, "Once?", mention=True)
    await scene.answered("Once?")
    delivery = scene.lab.socket.deliveries[-1]
    again = await http.target.send("events_api", delivery.payload, retry=1, reason="timeout", within_s=5)

    assert again is not None
    assert len(scene.turns.turns) == 1


async def test_an_event_that_is_not_stored_is_answered_with_an_error_and_taken_when_it_comes_again(
    http: HttpScene,
) -> None:
    scene = http.scene
    scene.turns.broken = Unavailable("error.storage_busy")
    await scene.lab.say(scene.channel, scene.ada, "Are you there?", mention=True)
    await scene.lab.until(lambda: 500 in http.target.statuses)
    scene.turns.broken = None
    scene.lab.clock.advance(120)

    assert await scene.answered("Are you there?")


async def test_slacks_question_whose_the_address_is_gets_its_answer(http: HttpScene) -> None:
    raw = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
    status, said = await http.target.post(
        "events", raw, {"Content-Type": "application/json", **http.target.signed(raw)}
    )

    assert (status, json.loads(said)) == (200, {"challenge": "3eZbrw1aB"})


async def test_an_event_nobody_listens_for_is_taken(http: HttpScene) -> None:
    raw = json.dumps({"type": "event_callback", "event": {"type": "emoji_changed"}, "authorizations": []}).encode()
    status, _ = await http.target.post("events", raw, {"Content-Type": "application/json", **http.target.signed(raw)})

    assert status == 200


async def test_the_older_secret_counts_while_it_is_replaced(http: HttpScene) -> None:
    raw = b'{"type": "url_verification", "challenge": "x"}'
    headers = http.target.signed(raw, secret=OLD_SECRET)

    assert (await http.target.post("events", raw, {"Content-Type": "application/json", **headers}))[0] == 200


BAD_SIGNATURES = {
    "none": {},
    "no time": {"X-Slack-Signature": "v0=00"},
    "a time that is none": {"X-Slack-Request-Timestamp": "abc", "X-Slack-Signature": "v0=00"},
    "a time in other digits": {"X-Slack-Request-Timestamp": "\u0661\u0662", "X-Slack-Signature": "v0=00"},
    "a signature of other letters": {"X-Slack-Request-Timestamp": "1531420618", "X-Slack-Signature": "v0=\u05d0"},
    "an empty signature": {"X-Slack-Request-Timestamp": "1531420618", "X-Slack-Signature": ""},
}


@pytest.mark.parametrize("forged", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
def test_what_bears_no_signature_is_refused(forged: dict[str, str]) -> None:
    assert not is_signed(b"{}", forged, secrets=[SECRET], now=NOW)


@pytest.mark.parametrize("later_s", [-301, 301, 86_400, -86_400])
async def test_a_request_of_another_time_is_refused(http: HttpScene, later_s: float) -> None:
    raw = b'{"type": "url_verification", "challenge": "x"}'
    headers = {"Content-Type": "application/json", **http.target.signed(raw, later_s=later_s)}

    assert (await http.target.post("events", raw, headers))[0] == 401


@pytest.mark.parametrize("later_s", [-298, 298])
async def test_a_request_within_five_minutes_is_taken(http: HttpScene, later_s: float) -> None:
    raw = b'{"type": "url_verification", "challenge": "x"}'
    headers = {"Content-Type": "application/json", **http.target.signed(raw, later_s=later_s)}

    assert (await http.target.post("events", raw, headers))[0] == 200


@pytest.mark.parametrize("path", ["events", "interactions", "commands"])
@pytest.mark.parametrize("raw", [b"{}", b"\xff\xfe", b"[" * 50_000, b"ssl_check=1", b"payload=%7B"])
async def test_what_is_not_signed_is_never_read(http: HttpScene, path: str, raw: bytes) -> None:
    headers = {"Content-Type": FORM, **http.target.signed(raw, secret="not the secret")}

    assert (await http.target.post(path, raw, headers))[0] == 401
    assert http.scene.turns.turns == {}


async def test_a_signature_is_of_these_very_bytes(http: HttpScene) -> None:
    raw = json.dumps({"type": "url_verification", "challenge": "x"}).encode()
    headers = {"Content-Type": "application/json", **http.target.signed(raw)}

    assert (await http.target.post("events", raw + b" ", headers))[0] == 401


@pytest.mark.parametrize("raw", [b"", b"[1]", b"null", b"{", b"\xff", b"[" * 100_000, b'"text"'])
async def test_what_is_signed_and_no_payload_is_a_bad_request(http: HttpScene, raw: bytes) -> None:
    headers = {"Content-Type": "application/json", **http.target.signed(raw)}

    assert (await http.target.post("events", raw, headers))[0] == 400


async def test_more_than_slack_ever_sends_is_refused(http: HttpScene) -> None:
    raw = b"x" * (MOST_BYTES + 1)
    answered = await http.target.post("events", BytesIO(raw), http.target.signed(raw))

    assert answered[0] == 413


def test_the_signature_is_that_of_slacks_own_example() -> None:
    assert signature_of(EXAMPLE, "1531420618", SECRET) == EXAMPLE_SIGNATURE
    assert is_signed(
        EXAMPLE,
        {"x-slack-signature": EXAMPLE_SIGNATURE, "x-slack-request-timestamp": "1531420618"},
        secrets=["other", SECRET],
        now=NOW,
    )
    assert signature_of(b"a", "1", "s") == "v0=" + hmac.new(b"s", b"v0:1:a", sha256).hexdigest()


def test_only_what_is_no_command_is_unwrapped() -> None:
    command = urlencode({"command": "/ask", "text": "explain the payload", "payload": "no JSON"}).encode()
    press = urlencode({"payload": json.dumps({"type": "block_actions"})}).encode()

    assert (parsed(command, FORM) or {})["text"] == "explain the payload"
    assert parsed(press, FORM) == {"type": "block_actions"}


async def test_a_port_that_is_taken_is_told(http: HttpScene) -> None:
    with pytest.raises(ConfigurationError) as refused:
        await http_adapter(http.scene, port=http.scene.adapter.port).run()

    assert refused.value.key == "slack.http_refused"
