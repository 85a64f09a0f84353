"""The variables of the environment that Ollama's client and the HTTP below it read besides our settings.

They are looked at before the client is imported: importing makes one, so a proxy, a certificate or a host's address
that cannot be used would end the import itself, with an error that names no variable and may show a password.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.errors import ConfigurationError

UNPROXIED = ("localhost", "127.0.0.1", "::1")
"""No proxy is asked for this machine, as with Ollama's own tools, whatever the environment says."""


def check_environment() -> None:
    """Look at each variable that is set.

    Raises:
        ConfigurationError: one of them cannot be used.
    """
    for name, value in os.environ.items():
        kind, is_usable = _CHECKS.get(name.upper(), ("", bool))
        if kind and value and not is_usable(value):
            raise ConfigurationError(f"error.environment_{kind}", variable=name)


def is_proxy(address: str) -> bool:
    """Whether a proxy can be asked at an address. SOCKS takes a library that is not installed with the bot."""
    import httpx

    whole = address if "://" in address else f"http://{address}"
    try:
        _ = urlsplit(whole).port
        httpx.HTTPTransport(proxy=httpx.Proxy(whole), verify=_context(), trust_env=False).close()
    except (ValueError, ImportError, httpx.InvalidURL):
        return False
    return bool(urlsplit(whole).hostname)


def _is_no_proxy(hosts: str) -> bool:
    import httpx

    named = [host.strip() for host in hosts.split(",")]
    if "*" in named:
        return True
    patterns = [host if "://" in host else f"all://*{host}" for host in named if host and not _is_ipv6(host)]
    try:
        httpx.Client(mounts=dict.fromkeys(patterns), verify=_context(), trust_env=False).close()
    except (ValueError, httpx.InvalidURL):
        return False
    return True


def _is_ipv6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host.partition("/")[0])
    except ValueError:
        return False
    return True


def _is_key(key: str) -> bool:
    return key.isascii() and key.isprintable() and " " not in key


def _is_host(host: str) -> bool:
    try:
        _ = urlsplit(host if "://" in host else f"http://{host}").port
    except ValueError:
        return False
    return True


def _is_certificates(path: str) -> bool:
    try:
        _context().load_verify_locations(cafile=path)
    except OSError:  # ssl.SSLError is one
        return False
    return True


def _is_key_log(path: str) -> bool:
    try:
        _context().keylog_filename = path
    except OSError:
        return False
    return True


def _context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


_CHECKS: Mapping[str, tuple[str, Callable[[str], bool]]] = MappingProxyType(
    {
        "HTTP_PROXY": ("proxy", is_proxy),
        "HTTPS_PROXY": ("proxy", is_proxy),
        "ALL_PROXY": ("proxy", is_proxy),
        "NO_PROXY": ("no_proxy", _is_no_proxy),
        "SSL_CERT_FILE": ("certificates", _is_certificates),
        "SSLKEYLOGFILE": ("key_log", _is_key_log),
        "OLLAMA_HOST": ("host", _is_host),
        "OLLAMA_API_KEY": ("key", _is_key),
    }
)
