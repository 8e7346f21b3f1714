"""The port to the name service for texts (TXT records): where the keys and policies of mail are published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.resolver

from ..pure.errors import NotFound, Unavailable

_TEXTS_MAX = 20
_TEXT_MAX_BYTES = 8192


class NoTextRecord(NotFound):
    """The name service says that there is none."""


class TextRecordsAway(Unavailable):
    """The name service did not answer in time, or with an error."""


class TextRecords(Protocol):
    """Names to texts."""

    async def texts(self, name: str) -> list[bytes]:
        """The texts of a name, each joined from its strings. Raises NoTextRecord, TextRecordsAway."""
        ...


class SystemTextRecords:
    """What the name servers of the machine say."""

    def __init__(self, within_seconds: float) -> None:
        self._within_seconds = within_seconds

    async def texts(self, name: str) -> list[bytes]:
        """As `TextRecords`."""
        try:
            answer = await dns.asyncresolver.resolve(
                name, "TXT", lifetime=self._within_seconds, raise_on_no_answer=False
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
            raise NoTextRecord(private=name) from error
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise TextRecordsAway(private=f"{name}: {error!r}") from error
        found = [b"".join(row.strings)[:_TEXT_MAX_BYTES] for row in list(answer.rrset or ())[:_TEXTS_MAX]]
        if not found:
            raise NoTextRecord(private=name)
        return found


class FakeTextRecords:
    """Texts as a test gives them; None: the name service is away for that name. `asked`: every question."""

    def __init__(self, names: Mapping[str, str | None]) -> None:
        self.names = dict(names)
        self.asked: list[str] = []

    async def texts(self, name: str) -> list[bytes]:
        """As `TextRecords`."""
        self.asked.append(name)
        if name not in self.names:
            raise NoTextRecord(private=name)
        text = self.names[name]
        if text is None:
            raise TextRecordsAway(private=name)
        return [text.encode()]
