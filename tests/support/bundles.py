"""A bundle of a small affair, made by the server itself: a report, its case, a decision, a statement, an upload."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from holdfast.main.verification import Given, Outcome, Trust, verify_file
from holdfast.pure.evidence import Algorithm, SigningKey, cosign_checkpoint, parse_note
from holdfast.records.ledger import add_cosignatures, latest_checkpoint
from holdfast.records.witnesses import add_witness
from holdfast.trust.evidence import (
    ExportQuery,
    ExportTerms,
    MadeBundle,
    Root,
    export_ports,
    make_bundle,
    record_export,
)
from holdfast.trust.staff_actions import OPERATOR
from tests.support.access_ledger import grow_ledger
from tests.support.pictures import encoded, picture
from tests.support.rulings import case_about_post, decided, ruling, staff
from tests.support.site import Member, Site

SINGLE = Path(__file__).parents[2] / "src/holdfast/trust/evidence/carried/holdfast_verify.py"
TERMS = ExportTerms("District Court of Somewhere", "21-cv-31, discovery", "Order of 3 March")
WITNESS = SigningKey("witness.example/w", Algorithm.COSIGNATURE_V1, b"w" * 32)


@dataclass
class Affair:
    """What there is to export."""

    author: Member
    report_id: int
    case_id: int
    decision_id: int
    status: dict[str, str]


async def affair(site: Site) -> Affair:
    """Somebody reports a post with a picture; a moderator takes it away."""
    mia = await site.member("mia", role="moderator")
    ann, bob = await site.members("ann", "bob")
    upload = await ann.request(
        "POST", "/api/v2/media", files={"file": ("a.png", encoded(picture(), "PNG"), "image/png")}
    )
    status = await ann.say("You are all vermin, =cmd", **{"media_ids[]": upload.json()["id"]})
    report = await bob.post(
        "/api/v1/reports",
        account_id=ann.id,
        comment="this is about my family",
        **{"status_ids[]": status["id"]},
    )
    await site.settle()
    case_id = await case_about_post(site, ann, status)
    made = await decided(site, staff(mia), case_id, ruling("withdraw", "warn"))
    await site.settle()
    report_id = site.services.ids.decode(report["id"]) or 0
    return Affair(ann, report_id, case_id, made.id, status)


async def sign(site: Site, *, witnessed: bool = False) -> int:
    """Give all records their places and sign a checkpoint; its size. `witnessed`: a witness cosigns it."""
    services = site.services
    await grow_ledger(site)
    newest = await latest_checkpoint(services.database)
    assert newest is not None
    if witnessed:
        line = cosign_checkpoint(
            parse_note(newest.note.encode()), WITNESS, time_unix=int(services.clock.now().timestamp())
        ).line
        async with services.database.transaction() as tx:
            await add_witness(tx, WITNESS.verifier.vkey, "https://witness.example/", now=services.clock.now())
            await add_cosignatures(tx, newest.log, newest.size, f"{line}\n")
    return newest.size


async def make(
    site: Site, query: ExportQuery, terms: ExportTerms = TERMS, *, record: bool = False
) -> MadeBundle:
    """A bundle in a file."""
    services = site.services
    ports = export_ports(services.settings, services.keyring)
    made = await make_bundle(services.database, OPERATOR, query, terms, ports=ports, now=services.clock.now())
    if record:
        async with services.database.transaction() as tx:
            await record_export(tx, OPERATOR, made, now=services.clock.now())
    return made


async def small_bundle(site: Site, folder: Path, *, witnessed: bool = True) -> Path:
    """The bundle of the affair's case, moved to the folder."""
    found = await affair(site)
    await sign(site, witnessed=witnessed)
    made = await make(site, ExportQuery(Root.CASE, found.case_id))
    return made.path.rename(folder / "bundle.zip")


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def ours(path: Path) -> Outcome:
    return verify_file(path, Trust(None), Given()).outcome
