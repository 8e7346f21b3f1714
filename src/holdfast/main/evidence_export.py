"""What making evidence bundles needs, from settings: for the command line and for the desk."""

from __future__ import annotations

from ..platform.blobs import open_blobs
from ..platform.config import Settings
from ..platform.crypto import Keyring
from ..platform.ids import PublicIds
from ..trust.evidence import ExportPorts, Trusting

_PREFIX = "/.well-known/holdfast/evidence/"


def export_ports(settings: Settings, keyring: Keyring) -> ExportPorts:
    """The ports; nothing is opened yet but the blob store."""

    def prefix_url(origin: str) -> str:
        return settings.public_url.rstrip("/") + _PREFIX + origin.rsplit("/", 1)[-1]

    return ExportPorts(
        open_blobs(settings),
        PublicIds(keyring.derive("public ids")),
        settings.data.resolve() / "run" / "exports",
        Trusting(prefix_url, settings.ledger_quorum),
        settings.evidence_records_max,
        settings.evidence_bundle_max_mb << 20,
    )
