"""Whether a link's words tell the truth about where it leads. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

# What reads like an address: with a scheme, or words joined by dots that end as a domain does.
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>]+|(?:[\w.+-]+@)?(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#:][^\s<>]*)?", re.IGNORECASE
)
_WIDE_DOTS = str.maketrans("。．｡․⁄∕／：", "....///:")


def is_honest(words: str, target: str) -> bool:
    """Whether every address that the words show is where the link leads, or a beginning of that address."""
    leads_to = _comparable(target)
    return all(_begins(leads_to, _comparable(found)) for found in _ADDRESS.findall(_plain(words)))


def names_an_address(words: str) -> bool:
    """Whether something in the words reads like an address."""
    return _ADDRESS.search(_plain(words)) is not None


def _plain(words: str) -> str:
    return unicodedata.normalize("NFKC", _visible(words).translate(_WIDE_DOTS))


def _visible(words: str) -> str:
    return "".join(character for character in words if unicodedata.category(character) != "Cf")


def _comparable(address: str) -> str:
    """Return an address without what people leave out when they write it down."""
    text = address.strip().removeprefix("mailto:").rstrip(".,:;!?)'\"")
    try:
        split = urlsplit(text if "://" in text else f"//{text}")
        host, port = split.hostname or "", split.port
    except ValueError:
        return text
    host = _ascii(host.removeprefix("www."))
    rest = unquote(split.path).rstrip("/") + (f"?{split.query}" if split.query else "")
    name = f"{split.username}@" if split.username else ""
    return f"{name}{host}{f':{port}' if port else ''}{rest}"


def _ascii(host: str) -> str:
    """Return a host as it is looked up, whatever letters it has."""
    labels = (label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in host.split("."))
    return ".".join(labels)


def _begins(leads_to: str, shown: str) -> bool:
    return leads_to == shown or (leads_to.startswith(shown) and leads_to[len(shown)] in "/?")
