"""Which addresses are the house's own, and connections that go to no others unless the operator allowed it.

Names are resolved where the connection is made, so that what was looked at is what is connected to: a name that is
given another address between the two leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver, ResolveResult

# Written out: `is_private` also holds for addresses of documentation, tests and translation, which are nobody's house.
_HOUSE = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "100.64.0.0/10",  # shared by a provider's customers, and by private networks over the internet
            "::1/128",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)


class OutsideError(Exception):
    """What was to be connected to is not in the house. Nothing was sent."""


def is_in_house(address: str) -> bool:
    """Tell whether an IP address is this machine's, a private network's or a link's own."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return any(ip in network for network in _HOUSE if network.version == ip.version)


def ip_in(host: str) -> str:
    """Return the IP address that a URL's host is, in the form of the system's resolver; "" where it is a name.

    `2130706433`, `0x7f.1` and `127.1` are addresses, too: the system takes them for such.
    """
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return ""


@dataclass(slots=True)
class Whereabouts:
    """Where one engine was found to be; `is_outside` None as long as nobody looked."""

    may_leave: bool
    is_outside: bool | None = None

    def check(self, host: str) -> None:
        """Look at a host that may be an address.

        Raises:
            OutsideError: it is one outside, and that is not allowed.
        """
        if address := ip_in(host):
            self.is_outside = not is_in_house(address)
            if self.is_outside and not self.may_leave:
                raise OutsideError

    def kept(self, found: list[ResolveResult]) -> list[ResolveResult]:
        """Return those of a name's addresses that may be connected to: the house's own, where it has any.

        Raises:
            OutsideError: all are outside, and that is not allowed.
        """
        own = [each for each in found if is_in_house(each["host"])]
        self.is_outside = bool(found) and not own
        if self.is_outside and not self.may_leave:
            raise OutsideError
        return own or found


class HouseResolver(AbstractResolver):
    """Resolves names to addresses that may be connected to."""

    def __init__(self, whereabouts: Whereabouts, resolver: AbstractResolver) -> None:
        self._whereabouts = whereabouts
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See `aiohttp.abc.AbstractResolver`. Raises `OutsideError`, too."""
        return self._whereabouts.kept(await self._resolver.resolve(host, port, family))

    async def close(self) -> None:
        """See `aiohttp.abc.AbstractResolver`."""
        await self._resolver.close()
