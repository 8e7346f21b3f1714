"""Evidence bundles: what was recorded about something, with proofs that others check offline (ADR 0037).

made = await make_bundle(database, staff, ExportQuery(Root.CASE, case_id), terms, ports=ports, now=now)
async with database.transaction() as tx:
    await record_export(tx, staff, made, now=now)
# and only now does made.path leave the server
"""

from ..notice_exports import Form
from .disclosures import disclosures
from .errors import BundleTooLarge, ExportNotAllowed, NothingSigned, NothingToExport
from .export import MadeBundle, MadeForm, make_bundle, make_form, record_export, record_form
from .ledgers import Trusting
from .model import EXPORTING, NOTICE_ROOTS, Disclosure, ExportQuery, ExportTerms, Root
from .writing import LOG_PREFIX, ExportPorts, export_ports, handed_out

__all__ = [
    "EXPORTING", "LOG_PREFIX", "NOTICE_ROOTS", "BundleTooLarge", "Disclosure", "ExportNotAllowed", "ExportPorts", "ExportQuery", "ExportTerms", "Form",
    "MadeBundle", "MadeForm", "NothingSigned", "NothingToExport", "Root", "Trusting", "disclosures", "export_ports", "handed_out", "make_bundle", "make_form", "record_export", "record_form",
]  # fmt: skip
