"""What the settings of costs may be, and how figures by host read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, tzinfo
from unicodedata import category
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

from bot.settings.checks import host_address, refused

EMBEDDED = "embedded"
"""What the model inside the bot is called where hosts are named."""
ALL = ""
MOST_CURRENCY_CHARS = 12
UTC_NAME = "UTC"
_FIGURE = re.compile(r"(?:(\S+?)\s*=\s*)?([0-9]{1,9}(?:\.[0-9]{1,9})?)")
# They would become Markdown, or part of a figure.
_NOT_IN_CURRENCIES = frozenset("`*_~|<>[]()\\#&@=,;.'\"")


def figures(items: tuple[str, ...]) -> tuple[str, ...]:
    """Check figures of hosts: one for all, or `HOST=FIGURE` each, no host twice."""
    names = [_parted(item)[0] for item in items]
    for item, name in zip(items, names, strict=True):
        if names.count(name) > 1:
            raise refused("cost_twice" if name else "cost_figure", item=(name or item)[:60])
    if ALL in names and len(names) > 1:
        raise refused("cost_figure", item=items[names.index(ALL)][:60])
    return items


def currency(value: str) -> str:
    """Check the name of a currency: a word or a sign, as people write it behind an amount; "" is none."""
    name = value.strip()
    fits = len(name) <= MOST_CURRENCY_CHARS and name.isprintable() and not _NOT_IN_CURRENCIES & set(name)
    if not fits or any(category(each) == "Nd" for each in name):
        raise refused("currency", most=MOST_CURRENCY_CHARS)
    return name


def time_zone(value: str) -> str:
    """Check the name of a time zone that this machine knows."""
    name = value.strip()
    zone_of(name)
    return name


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its name. Raises pydantic's error where the machine knows none of that name."""
    if name == UTC_NAME:
        return UTC
    try:
        return ZoneInfo(name)
    # What is no name of a file there: a folder's, a path, nothing.
    except (LookupError, ValueError, OSError):
        raise refused("time_zone") from None


def by_host(items: Iterable[str], addresses: Mapping[str, str]) -> dict[str, float]:
    """Return figures by the addresses of hosts; `addresses` are those by each name that a host goes by.

    Raises:
        LookupError: a host is named that is none.
    """
    read = [_parted(item) for item in items]
    if any(name == ALL for name, _ in read):
        return dict.fromkeys(addresses.values(), read[0][1])
    return {addresses[_key_in(addresses, name)]: figure for name, figure in read}


def unknown_host(items: Iterable[str], names: Collection[str]) -> str:
    """Return the first host that is named and is none; "" where all are known."""
    named = [_parted(item)[0] for item in items]
    return next((name for name in named if name != ALL and _key_in(names, name) not in names), "")


def whole_address(address: str) -> str:
    """Return an address with its scheme and port, by which hosts are compared; what cannot be one as it is."""
    try:
        return address if address == EMBEDDED else host_address(address)
    except PydanticCustomError:
        return address


def _key_in(names: Collection[str], name: str) -> str:
    """Return what a host is looked up by: an engine's name in small letters, else its whole address."""
    return name.lower() if name.lower() in names else whole_address(name)


def _parted(item: str) -> tuple[str, float]:
    found = _FIGURE.fullmatch(item)
    if not found:
        raise refused("cost_figure", item=item[:60])
    return found[1] or ALL, float(found[2])
