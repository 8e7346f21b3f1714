"""Evidence bundles: what was recorded about something, with proofs that others check offline (ADR 0037).

made = await make_bundle(database, staff, ExportQuery(Root.CASE, case_id), terms, ports=ports, now=now)
async with database.transaction() as tx:
    await record_export(tx, staff, made, now=now)
# and only now does made.path leave the server
"""

from .disclosures import disclosures
from .errors import BundleTooLarge, ExportNotAllowed, NothingSigned, NothingToExport
from .export import MadeBundle, make_bundle, record_export
from .ledgers import Trusting
from .model import EXPORTING, Disclosure, ExportQuery, ExportTerms, Root
from .writing import LOG_PREFIX, ExportPorts, export_ports, handed_out

__all__ = [
    "EXPORTING", "LOG_PREFIX", "BundleTooLarge", "Disclosure", "ExportNotAllowed", "ExportPorts", "ExportQuery", "ExportTerms",
    "MadeBundle", "NothingSigned", "NothingToExport", "Root", "Trusting", "disclosures", "export_ports", "handed_out", "make_bundle", "record_export",
]  # fmt: skip
