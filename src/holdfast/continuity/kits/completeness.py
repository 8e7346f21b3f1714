"""What people must note down for the kit, because no machine knows it; and what is missing."""

from __future__ import annotations

from typing import Final

from ..mirror import MirrorSetup

TOPICS: Final = {
    "registrar": "Registrar of the domain, and whose account it is",
    "dns-provider": "DNS provider, and whose account it is",
    "dns-second": "Second DNS provider",
    "dns-zone": "DNS records of the zone",
    "dns-ttl": "TTL of the address records",
    "certificates": "Certificate authority and ACME account",
    "mail": "Mail provider",
    "host": "Host of the server, and whose account it is",
    "contact-operator": "Operator: name, telephone",
    "contact-deputy": "Deputy: name, telephone",
    "contact-legal": "Legal counsel: name, telephone",
    "deadlines": "Deadlines that run, and where they are written down",
}
"""By topic what is meant, in the order of the sheet."""

_NEEDED: Final = ("registrar", "dns-provider", "dns-ttl", "host", "contact-operator", "contact-deputy")


def missing_topics(setup: MirrorSetup) -> tuple[str, ...]:
    """Topics without which a relaunch may get stuck, and of which nothing is noted."""
    return tuple(topic for topic in _NEEDED if not setup.contacts.get(topic))
