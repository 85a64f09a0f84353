"""Values gone wrong: what others send, changed in one or a few places. The same seed makes the same values."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Place = tuple[Any, Any]  # a list or an object, and the index or key in it
DEEP = 200
TEXTS = (
    *(
        "",
        " ",
        "\n",
        "\0",
        "a\r\nb",
        "\ud800",
        "\udfff\ud800",
        "\u202e",
        "\u200b",
        "﷽",
        "שלום",
        "👩\u200d🔬",
        "\ufeff",
        "%00",
    ),
    *(
        "<@U0BOT000000>",
        "<@100> ",
        "/",
        "/model",
        "model use",
        "do:",
        "do:rate?turn=1#why",
        "stop:",
        "stop:abc",
        "[",
        "{",
    ),
    *(
        "```",
        "> ",
        "||",
        "<think>",
        "</think>",
        "<|im_start|>",
        "Dana: hi",
        "javascript:x",
        "http://[",
        "../../x",
        "'--",
    ),
    *(
        "-1",
        "0",
        "1e9999",
        "9" * 400,
        "nan",
        "٣",
        "true",
        "null",
        "1h",
        "discord:1",
        "https://a:b@c",
        "1764000100.000200",
    ),
)
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 10**30, 0.5, -0.0, 1e308, float("inf"), float("nan"))


def odd(random: Random) -> Any:
    """Return a value of whatever kind."""
    kind = random.randrange(9)
    if kind <= 2:
        return odd_text(random)
    if kind <= 4:
        return random.choice(NUMBERS)
    choices: tuple[Callable[[], Any], ...] = (
        lambda: None,
        lambda: random.random() < 0.5,
        list,
        dict,
        lambda: nested(random),
    )
    return random.choice(choices)()


def odd_text(random: Random) -> str:
    """Return a text that something may stumble over."""
    text = random.choice(TEXTS)
    if random.random() < 0.2:
        text *= random.choice((2, 50, 2000))
    if random.random() < 0.3:
        text += random.choice(TEXTS) + "".join(
            chr(random.choice((random.randrange(0x250), random.randrange(0x110000)))) for _ in range(3)
        )
    return text[:20_000]


def nested(random: Random) -> Any:
    """Return lists in lists, or objects in objects."""
    value: Any = odd_text(random)
    is_list = random.random() < 0.5
    for _ in range(random.choice((2, DEEP))):
        value = [value] if is_list else {random.choice(("id", "data", "components", "x")): value}
    return value


def places(value: Any) -> Iterator[Place]:
    """Yield every place in a JSON value."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = holder.keys() if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            yield holder, key
            waiting.append(holder[key])


def changed(value: Any, random: Random) -> Any:
    """Return a copy with one to three places changed: another value, none at all, or that of another place."""
    made = copy.deepcopy(value)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        found = list(places(made))
        if not found:
            return odd(random)
        holder, key = random.choice(found)
        act = random.randrange(6)
        if act == 0:
            del holder[key]
        elif act == 1:
            other, at = random.choice(found)
            holder[key] = copy.deepcopy(other[at]) if _is_there(other, at) else None
        elif act == 2 and isinstance(holder, dict):
            holder[odd_text(random)[:50]] = odd(random)
        else:
            holder[key] = odd(random)
    return made


def torn(raw: bytes, random: Random) -> bytes:
    """Return bytes cut, doubled, or with some of them replaced."""
    at = random.randrange(len(raw) + 1)
    noise = random.choice(
        (b"", b"\n", b"\r\n", b"\0", b"\xff\xfe", b"[" * 2000, b'{"a":' * 2000, b"9" * 5000, b" " * 3000)
    )
    return random.choice((raw[:at], raw[:at] + noise + raw[at:], raw + raw[:at], noise + raw[at:], noise))


def written(value: Any) -> bytes:
    """Write JSON as a server does, whatever is in it."""
    return json.dumps(value).encode()


def _is_there(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else key < len(holder)
