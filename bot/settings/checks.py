"""What a value may be: readers and checks the schema's types are made of.

A check refuses with `refused(key)`: the error pydantic collects then carries the key of our own sentence,
`settings.<key>`, and what fills it.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from typing import Any
from unicodedata import category
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

from bot.domain.schedules import read_schedule

OLLAMA_PORT = 11434
MOST_SLOTS = 256
_SECONDS = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_GO_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_GO_DURATION = re.compile(rf"[-+]?(?:{_GO_PART.pattern})+")
_UNITS_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_MOST_S = 2**63 / 1e9  # Go counts nanoseconds in 64 bits
_PLAIN_TOKEN = re.compile(r"[!-~]+")
_MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@+-]{0,349}")
_WORKSPACE_DAYS = re.compile(r"((?:discord|slack):[A-Za-z0-9]+)=([1-9]\d{0,4})")
_MODEL_WINDOW = re.compile(r"\S+=[1-9]\d{2,8}")
_MODEL_TOKENS = re.compile(r"\S+\s*=\s*[1-9]\d{0,7}")
LEAST_CONTEXT_TOKENS = 512
_GIGABYTES = re.compile(r"\d{1,6}(?:\.\d{1,3})?", re.ASCII)
_QUALIFIED_ID = re.compile(r"(discord|slack):[A-Za-z0-9]+")
_HOST_PORTS = {"http": 80, "https": 443}
_SQLITE_URL = "sqlite:///"
# No "@", "?", "#", blanks, controls or backslashes; behind a colon in the host, digits alone.
_BARE = re.compile(
    r"[a-z][a-z0-9+.-]*://(?:\[[0-9a-f:.]+\]|[^\s\x00-\x20\x7f@:/?#\\%\[\]]*)(?::\d*)?(?:/[^\s\x00-\x20\x7f@?#\\]*)?",
    re.IGNORECASE,
)
_POSTGRES = frozenset({"postgresql", "postgres"})
_CALLABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, never bound


def refused(key: str, **parameters: Any) -> PydanticCustomError:
    """Return the error whose sentence is `settings.<key>`."""
    return PydanticCustomError("refused", "{key}", {"key": f"settings.{key}", **parameters})


def schedule(value: str) -> str:
    """Check when something is done again; "" is never."""
    value = value.strip()
    if value and read_schedule(value) is None:
        raise refused("schedule")
    return value


def items(value: object) -> object:
    """Read a list: as JSON where it begins like it, else by commas; empty items are dropped."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return tuple(item.strip() for item in value.split(",") if item.strip())
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):  # no JSON, or nested too deep to be a list of anything
        raise refused("list") from None
    if not all(isinstance(item, str) for item in read):
        raise refused("list")
    return tuple(read)


def lower(value: object) -> object:
    """Read a choice in any case."""
    return value.strip().lower() if isinstance(value, str) else value


def stripped(value: object) -> object:
    """Read a token without the spaces that come along when it is pasted; blank is unset."""
    return (value.strip() or None) if isinstance(value, str) else value


def token(value: SecretStr | None) -> SecretStr | None:
    """Check that a token can travel in a header: with a blank, a quotation mark or a line break it cannot."""
    if value is not None and not _PLAIN_TOKEN.fullmatch(value.get_secret_value()):
        raise refused("token")
    return value


def model_name(value: str) -> str:
    """Check the name of a model, without the blanks around it; "" is none."""
    name = value.strip()
    if name and not _MODEL_NAME.fullmatch(name):
        raise refused("model_name")
    return name


def duration(value: str) -> str:
    """Check a duration as Ollama reads it: seconds as a number, or as Go writes durations."""
    text = value.strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    elif _GO_DURATION.fullmatch(text):
        seconds = sum(float(number) * _UNITS_S[unit] for number, unit in _GO_PART.findall(text))
    else:
        raise refused("duration")
    if abs(seconds) >= _MOST_S:
        raise refused("duration")
    return text


def qualified_ids(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Check ids that carry their platform: `discord:123`."""
    for item in ids:
        if not _QUALIFIED_ID.fullmatch(item):
            raise refused("qualified_id", item=item[:60])
    return ids


def workspace_days(items: tuple[str, ...]) -> tuple[str, ...]:
    """Check days by workspace: `slack:T0123=30`, each workspace once."""
    for item in items:
        if not _WORKSPACE_DAYS.fullmatch(item):
            raise refused("workspace_days", item=item[:60])
    names = [item.partition("=")[0] for item in items]
    for name in names:
        if names.count(name) > 1:
            raise refused("workspace_twice", item=name)
    return items


def model_tokens(items: tuple[str, ...]) -> tuple[str, ...]:
    """Check tokens by model: `llama3.2:3b=4096`, each model once."""
    for item in items:
        if not _MODEL_TOKENS.fullmatch(item):
            raise refused("model_tokens", item=item[:60], least=LEAST_CONTEXT_TOKENS)
        if int(item.rpartition("=")[2]) < LEAST_CONTEXT_TOKENS:
            raise refused("model_tokens", item=item[:60], least=LEAST_CONTEXT_TOKENS)
    names = [item.rpartition("=")[0].strip().lower().removesuffix(":latest") for item in items]
    for name in names:
        if names.count(name) > 1:
            raise refused("model_twice", item=name[:60])
    return items


def begins(prefix: str) -> Callable[[SecretStr | None], SecretStr | None]:
    """Return a check of a token's first letters: they tell one kind of token from another."""

    def check(token: SecretStr | None) -> SecretStr | None:
        if token is not None and not token.get_secret_value().startswith(prefix):
            raise refused("token_prefix", prefix=prefix)
        return token

    return check


def postgres_url(url: SecretStr | None) -> SecretStr | None:
    """Check that a URL is of Postgres and can be read; the driver reads the rest."""
    if url is None:
        return None
    scheme, _ = _scheme_and_host(url.get_secret_value())
    if scheme not in _POSTGRES:
        raise refused("postgres_url")
    return url


def no_server_url(path: str) -> str:
    """Check that a path is not the address of a server: it may hold a password, and paths are shown."""
    if "://" in path.removeprefix(_SQLITE_URL) or _scheme_and_host(path)[0] in _POSTGRES:
        raise refused("path_is_url")
    return path


def passwords(url: str) -> tuple[str, ...]:
    """Return the password in a URL, as it is written and as it is meant; none where it has none."""
    written = urlsplit(url).password
    return (written, unquote(written)) if written else ()


def endpoint(secure: str, plain: str) -> Callable[[str], str]:
    """Return a check of a platform's address. Tokens travel there: the plain scheme only to this machine.

    Settings are listed, and addresses logged: none holds a user, a password or a query.
    """

    def check(value: str) -> str:
        scheme, host = _scheme_and_host(value)
        if scheme not in {secure, plain} or not host:
            raise refused("address", scheme=secure)
        if not is_bare(value):
            raise refused("address_bare", scheme=secure)
        if scheme == plain and not is_loopback(host):
            raise refused("plain", scheme=secure)
        return value.rstrip("/")

    return check


def host_addresses(hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Check and complete the addresses of model hosts; there must be one, and none twice."""
    addresses = tuple(host_address(host) for host in hosts)
    if not addresses:
        raise refused("no_host")
    for address in addresses:
        if addresses.count(address) > 1:
            raise refused("host_twice", item=address)
    return addresses


def slots(figures: tuple[str, ...]) -> tuple[str, ...]:
    """Check how many answers hosts write at once."""
    for item in figures:
        if not (item.isascii() and item.isdecimal() and 1 <= int(item) <= MOST_SLOTS):
            raise refused("slots", item=item[:60], most=MOST_SLOTS)
    return figures


def gigabytes(figures: tuple[str, ...]) -> tuple[str, ...]:
    """Check how many GB each host's disk has for models."""
    for item in figures:
        if not _GIGABYTES.fullmatch(item):
            raise refused("gigabytes", item=item[:60])
    return figures


def host_address(value: str) -> str:
    """Return the whole address of an Ollama host said as in OLLAMA_HOST: `gpu`, `:11434`, `https://gpu.example/ollama`.

    An address to listen on (0.0.0.0) is read as this machine.
    """
    scheme, separator, rest = value.strip().rpartition("://")
    address = f"{scheme.lower() or 'http'}://{rest}"
    if not is_bare(address):
        raise refused("host")
    parts = urlsplit(address)
    port = parts.port
    if parts.scheme not in _HOST_PORTS:
        raise refused("host")
    host = parts.hostname or "127.0.0.1"
    if ":" not in host and not all(each in "-._" or category(each)[0] in "LM" or each.isdecimal() for each in host):
        raise refused("host")
    host = _CALLABLE.get(host, host)
    port = port or (_HOST_PORTS[parts.scheme] if separator else OLLAMA_PORT)
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}{parts.path.rstrip('/')}"


def engine_address(value: str) -> str:
    """Check the address of an engine: a scheme, a host, a port and a path; "" is none."""
    address = value.strip().rstrip("/")
    parts = urlsplit(address) if is_bare(address) else None
    if address and (parts is None or parts.scheme.lower() not in _HOST_PORTS or not parts.hostname):
        raise refused("engine_address")
    return address


def model_windows(items: tuple[str, ...]) -> tuple[str, ...]:
    """Check windows by model: `qwen3-8b=32768`."""
    for item in items:
        if not _MODEL_WINDOW.fullmatch(item):
            raise refused("model_windows", item=item[:60])
    return items


def is_bare(address: str) -> bool:
    """Tell whether an address can be one, with a scheme, a host, a port and a path and nothing else."""
    try:
        parts = urlsplit(address)
        _ = parts.port
        (parts.hostname or "").encode("idna")
    except ValueError:
        return False
    return _BARE.fullmatch(address) is not None


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _scheme_and_host(value: str) -> tuple[str, str]:
    try:
        parts = urlsplit(value)
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""
