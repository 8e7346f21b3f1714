"""Where requests to addresses that strangers give may go: what an address must look like, and which networks are
nobody's to reach through us (ADR 0010)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import idna

from .errors import Invalid

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

URL_MAX_CHARACTERS = 2048
_DEFAULT_PORTS = {"http": 80, "https": 443}
_DOTS = re.compile("[\u3002\uff0e\uff61]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
_NUMBER = re.compile(r"(?:0x)?[0-9a-f]*")
# What may stand unescaped in a path and a query; a sign of percent is kept, because it was escaped before.
_PATH_SAFE = "/%:@!$&'()*+,;=-._~"
_QUERY_SAFE = _PATH_SAFE + "?"


class AddressNotAllowed(Invalid):
    """We do not connect there; the text says why."""

    public = "This address cannot be used."


# The special-purpose registries of IANA, with what has been given up since; whatever is not meant for the internet.
_SPECIAL: tuple[tuple[IpNetwork, str], ...] = tuple(
    (ipaddress.ip_network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a provider"),
        ("127.0.0.0/8", "this machine"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relays"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("64:ff9b:1::/48", "local translation"),
        ("100::/64", "discarded"),
        ("2001::/23", "reserved for protocols, Teredo among them"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_IPV6_INTERNET = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER_NEEDED = 1 << 16


def special_range(address: IpAddress) -> str | None:
    """What the address is kept for, in words, or None when it is an ordinary one of the internet.

    An IPv6 address that stands for an IPv4 one (`::ffff:0:0/96`, `64:ff9b::/96`) is judged by that one.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return "local to an interface"
        if address.ipv4_mapped is not None:
            return special_range(address.ipv4_mapped)
        if address in _NAT64:
            return special_range(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    for network, name in _SPECIAL:
        if address.version == network.version and address in network:
            return name
    if isinstance(address, ipaddress.IPv6Address) and address not in _IPV6_INTERNET:
        return "not given out"
    return None


@dataclass(frozen=True)
class Target:
    """An address taken apart. `host`: lower-case ASCII without a dot at the end, an IP address without brackets."""

    scheme: str
    host: str
    port: int
    path: str
    """Path and query, escaped, beginning with a slash."""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what credentials are for."""
        return (self.scheme, self.host, self.port)

    @property
    def authority(self) -> str:
        """Host and port as the header `Host` has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if _DEFAULT_PORTS[self.scheme] == self.port else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, in its one form."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def literal(self) -> IpAddress | None:
        """The address, where the host is one."""
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None


def read_target(url: str) -> Target:
    """Take an http(s) address apart. Raises AddressNotAllowed.

    The fragment is left out. Refused are users and passwords, backslashes, blanks and control characters, hosts that
    only look like a number, and names that are none.
    """
    if len(url) > URL_MAX_CHARACTERS:
        raise AddressNotAllowed(f"An address has at most {URL_MAX_CHARACTERS} characters.")
    if not url.isprintable() or any(character.isspace() or character == "\\" for character in url):
        raise AddressNotAllowed("An address has no blanks, backslashes or control characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
        path, query = quote(parts.path or "/", safe=_PATH_SAFE), quote(parts.query, safe=_QUERY_SAFE)
    except ValueError:
        raise AddressNotAllowed("This is not an address.") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise AddressNotAllowed("An address begins with https:// or http://.")
    if "@" in parts.netloc:
        raise AddressNotAllowed("An address has no user name and no password.")
    if port == 0:
        raise AddressNotAllowed("There is no port 0.")
    host = normalise_host(parts.hostname or "")
    return Target(
        parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], path + (f"?{query}" if query else "")
    )


def normalise_host(host: str) -> str:
    """A host in its one form. Raises AddressNotAllowed."""
    if ":" in host:
        return _ipv6(host)
    # Some characters turn into dots, digits or slashes: names are looked at after they did.
    name = _DOTS.sub(".", host).removesuffix(".")
    try:
        ascii_name = name.lower() if name.isascii() else idna.encode(name, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        raise AddressNotAllowed("The host of this address is not a name.") from None
    labels = ascii_name.split(".")
    if _NUMBER.fullmatch(labels[-1]) and labels[-1][:1].isdigit():
        # Resolvers read 127.1, 0x7f000001 and 017700000001 as addresses; only the usual form is one here.
        try:
            return str(ipaddress.IPv4Address(ascii_name))
        except ValueError:
            raise AddressNotAllowed("The host of this address is not a name.") from None
    if len(ascii_name) > 253 or not all(len(part) < 64 and _LABEL.fullmatch(part) for part in labels):
        raise AddressNotAllowed("The host of this address is not a name.")
    return ascii_name


def _ipv6(host: str) -> str:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        raise AddressNotAllowed("The host of this address is not a name.") from None
    if address.scope_id is not None:
        raise AddressNotAllowed("An address has no zone.")
    return str(address)


@dataclass(frozen=True)
class Allowed:
    """What the operator allows. Made by `read_allowed`."""

    ports: tuple[tuple[int, int], ...] = ((80, 80), (443, 443), (1024, 65535))
    """First and last, both included."""
    hosts: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[IpNetwork, ...] = ()

    def port(self, port: int) -> bool:
        """Whether requests may go to this port."""
        return any(first <= port <= last for first, last in self.ports)

    def names(self, target: Target) -> bool:
        """Whether this host is named, alone or with this port."""
        return (target.host, None) in self.hosts or (target.host, target.port) in self.hosts

    def holds(self, address: IpAddress) -> bool:
        """Whether a network that was named holds this address."""
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        one = mapped or address
        return any(one.version == network.version and one in network for network in self.networks)


def read_allowed(ports: Iterable[str], private: Iterable[str]) -> Allowed:
    """Read two settings: ports and ranges of them (`443`, `1024-65535`), and what may be reached although it is
    private: networks (`10.1.0.0/16`), hosts (`bot.internal`, `10.1.2.3`), hosts with a port (`bot.internal:8080`,
    `[fd00::1]:8080`). Raises AddressNotAllowed with what is wrong."""
    hosts: set[tuple[str, int | None]] = set()
    networks: list[IpNetwork] = []
    for entry in private:
        if "/" in entry:
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError:
                raise AddressNotAllowed(f"'{entry}' is not a network such as 10.1.0.0/16") from None
        else:
            hosts.add(_host_and_port(entry))
    return Allowed(tuple(_ports(entry) for entry in ports), frozenset(hosts), tuple(networks))


def _ports(entry: str) -> tuple[int, int]:
    first, dash, last = entry.partition("-")
    if first.isdecimal() and (last.isdecimal() or not dash):
        low, high = int(first), int(last or first)
        if 0 < low <= high < _NEVER_NEEDED:
            return low, high
    raise AddressNotAllowed(f"'{entry}' is not a port or a range such as 1024-65535")


def _host_and_port(entry: str) -> tuple[str, int | None]:
    try:
        # Without a scheme an address has no default port, which tells whether one was written.
        parts = urlsplit(f"//{entry}" if entry.count(":") < 2 or "[" in entry else f"//[{entry}]")
        if parts.netloc and not parts.path and "@" not in parts.netloc and parts.port != 0:
            return normalise_host(parts.hostname or ""), parts.port
    except (ValueError, AddressNotAllowed):
        pass
    raise AddressNotAllowed(f"'{entry}' is not a host such as bot.internal or 10.1.2.3:8080")
