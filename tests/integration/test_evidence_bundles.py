"""Evidence bundles: what is in them, that they are the same each time, that making one is recorded, and that any changed
byte is found by both verifiers."""

from __future__ import annotations

import base64
import csv
import dataclasses
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest

from holdfast.main.verification import Given, Outcome, Trust, verify_file
from holdfast.pure.permissions import Permission, permits
from holdfast.pure.window import Window
from holdfast.records import ledger
from holdfast.trust.decisions import Action
from holdfast.trust.effects import ActionKind
from holdfast.trust.evidence import (
    BundleTooLarge,
    ExportNotAllowed,
    ExportQuery,
    ExportTerms,
    NothingSigned,
    NothingToExport,
    Root,
    disclosures,
    export_ports,
    make_bundle,
)
from holdfast.trust.staff_actions import RoleLacks, Staff
from tests.support.bundles import SINGLE, TERMS, affair, contents, make, ours, sign, small_bundle
from tests.support.rulings import case_about_post, decided, ruling, staff
from tests.support.site import Site


def alone(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(SINGLE), str(path), *options], capture_output=True, text=True, check=False
    )


async def test_a_bundle_of_a_case_holds_everything_about_it_and_verifies(site: Site, tmp_path: Path) -> None:
    path = await small_bundle(site, tmp_path)
    files = contents(path)
    folders = {name.split("/")[1] for name in files if name.startswith("data/")}
    assert {
        "cases",
        "decisions",
        "reports",
        "statements",
        "policies",
        "log",
        "snapshots",
        "ledger",
        "openings",
    } <= folders
    assert {"verify/holdfast_verify.py", "verify/verify.html", "verify/INDEPENDENT.md"} <= files.keys()
    index = json.loads(files["data/index.json"])
    kinds = {one["kind"] for one in index["records"]}
    assert {"report.received", "case.opened", "decision", "sor.sent"} <= kinds
    for document in index["documents"]:
        assert f"data/{document['path']}" in files
    [snapshot] = [
        one for name, one in files.items() if name.startswith("data/snapshots/") and name.endswith(".json")
    ]
    assert json.loads(snapshot)["text"] == "You are all vermin, =cmd"
    assert [name for name in files if name.startswith("data/snapshots/") and not name.endswith(".json")]
    assert ours(path) is Outcome.VERIFIED
    checked = alone(path)
    assert checked.returncode == 0, checked.stdout


async def test_nobody_learns_from_a_bundle_who_reported(site: Site) -> None:
    found = await affair(site)
    await sign(site)
    for query in (ExportQuery(Root.REPORT, found.report_id), ExportQuery(Root.CASE, found.case_id)):
        made = await make(site, query)
        whole = b"".join(contents(made.path).values())
        bob = await site.services.database.fetchval("select id from accounts where username = 'bob'")
        decoded = b"".join(
            base64.urlsafe_b64decode(json.loads(one)["body"] + "==")
            for name, one in contents(made.path).items() if name.startswith("data/openings/")
        )  # fmt: skip
        for trace in (str(bob), site.services.ids.encode(bob), '"bob"', "@bob"):
            assert trace.encode() not in whole + decoded


@pytest.mark.parametrize("root", [Root.REPORT, Root.DECISION, Root.ACCOUNT, Root.KINDS])
async def test_bundles_of_other_roots_verify_too(site: Site, root: Root) -> None:
    found = await affair(site)
    await sign(site, witnessed=True)
    ident = {
        Root.REPORT: found.report_id, Root.DECISION: found.decision_id, Root.ACCOUNT: found.author.account_id, Root.KINDS: 0,
    }[root]  # fmt: skip
    kinds = ("decision", "sor.sent") if root is Root.KINDS else ()
    made = await make(site, ExportQuery(root, ident, kinds=kinds))
    assert made.records >= 1
    assert made.not_covered == 0
    assert ours(made.path) is Outcome.VERIFIED


async def test_the_same_query_and_checkpoint_give_the_same_bytes(site: Site) -> None:
    found = await affair(site)
    size = await sign(site)
    query = ExportQuery(Root.CASE, found.case_id, checkpoint_size=size)
    first = (await make(site, query)).path.read_bytes()
    async with site.services.database.transaction() as tx:
        await ledger.append(tx, ledger.Entry(kind=ledger.Kind.CENSUS), now=site.services.clock.now())
    await sign(site)
    assert (await make(site, query)).path.read_bytes() == first
    newer = await make(site, ExportQuery(Root.CASE, found.case_id))
    assert newer.path.read_bytes() != first


async def test_a_redacted_field_stays_closed_and_is_listed(site: Site) -> None:
    found = await affair(site)
    await sign(site, witnessed=True)
    terms = ExportTerms("somebody", "a test", redacted=("report.received:comment",))
    made = await make(site, ExportQuery(Root.REPORT, found.report_id), terms)
    files = contents(made.path)
    assert not [name for name in files if name.endswith(".comment.opening.json")]
    rows = list(csv.DictReader(io.StringIO(files["data/custody/redactions.csv"].decode())))
    assert [(row["field"], row["reason"]) for row in rows] == [("comment", "redacted")]
    assert ours(made.path) is Outcome.OPENING_MISSING
    assert alone(made.path).returncode == 20


async def test_an_erased_body_is_listed_and_every_proof_still_verifies(site: Site) -> None:
    found = await affair(site)
    async with site.services.database.transaction() as tx:
        await ledger.erase(
            tx, ledger.Subject.report(found.report_id), basis="gdpr-17", now=site.services.clock.now()
        )
    await sign(site, witnessed=True)
    made = await make(site, ExportQuery(Root.REPORT, found.report_id))
    rows = list(csv.DictReader(io.StringIO(contents(made.path)["data/custody/redactions.csv"].decode())))
    assert {row["reason"] for row in rows} == {"erased"}
    assert ours(made.path) is Outcome.OPENING_MISSING
    assert alone(made.path).returncode == 20


async def test_a_log_that_nobody_witnessed_is_said_to_be_so(site: Site, tmp_path: Path) -> None:
    path = await small_bundle(site, tmp_path, witnessed=False)
    assert ours(path) is Outcome.UNWITNESSED
    assert alone(path).returncode == 10


async def test_the_verifiers_believe_whom_they_are_told_to(site: Site, tmp_path: Path) -> None:
    path = await small_bundle(site, tmp_path)
    right = contents(path)["data/ledger/log.vkey"].decode().strip()
    other = "other.example/evidence/1+" + right.split("+", 1)[1]
    assert alone(path, "--vkey", right).returncode == 10  # the key of the witness was not given
    assert alone(path, "--vkey", other).returncode == 2  # its id does not fit its name
    policy = tmp_path / "policy"
    policy.write_bytes(contents(path)["data/ledger/policy.tlog-policy"])
    assert alone(path, "--policy", str(policy)).returncode == 0


async def test_an_unpacked_bundle_verifies_and_one_packed_anew_says_why_not(
    site: Site, tmp_path: Path
) -> None:
    path = await small_bundle(site, tmp_path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "out")
    [folder] = (tmp_path / "out").iterdir()
    assert ours(folder) is Outcome.VERIFIED
    assert alone(folder).returncode == 0
    again = tmp_path / "again.zip"
    with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, f"{folder.name}/{file.relative_to(folder)}")
    assert ours(again) is Outcome.BAD
    assert alone(again).returncode == 30
    (folder / "data" / "extra.txt").write_text("put in later")
    assert ours(folder) is Outcome.BAD
    assert alone(folder).returncode == 30


async def test_making_a_bundle_is_a_leaf_a_disclosure_and_a_row_of_the_log(site: Site) -> None:
    found = await affair(site)
    await sign(site)
    made = await make(site, ExportQuery(Root.CASE, found.case_id), record=True)
    database = site.services.database
    [one] = await disclosures(database, Window(10))
    assert (one.recipient, one.purpose, one.authority) == (TERMS.recipient, TERMS.purpose, TERMS.authority)
    assert (one.manifest_sha256, one.items, one.query.id) == (
        made.manifest_sha256,
        made.records,
        found.case_id,
    )
    leaf = await ledger.record_of(database, one.record_id)
    assert b"District" not in leaf.leaf
    assert base64.b64encode(made.manifest_sha256) in leaf.leaf
    assert (
        await database.fetchval("select count(*) from moderation_actions where verb = 'evidence.export'") == 1
    )


async def test_a_bundle_for_a_recipient_is_read_by_nobody_else(site: Site) -> None:
    found = await affair(site)
    await sign(site, witnessed=True)
    identity = pyrage.x25519.Identity.generate()
    terms = ExportTerms("counsel", "advice", encrypt_to=str(identity.to_public()))
    made = await make(site, ExportQuery(Root.CASE, found.case_id), terms)
    assert made.path.suffix == ".age"
    assert not list(made.path.parent.glob("*.zip"))
    sealed = made.path.read_bytes()
    assert b"vermin" not in sealed
    plain = made.path.with_name("plain.zip")
    plain.write_bytes(pyrage.decrypt(sealed, [identity]))
    assert ours(plain) is Outcome.VERIFIED
    with pytest.raises(ExportNotAllowed):
        await make(
            site, ExportQuery(Root.CASE, found.case_id), ExportTerms("x", "y", encrypt_to="age1nonsense")
        )


async def test_who_may_export_and_what_cannot_be_asked_for(site: Site) -> None:
    found = await affair(site)
    query = ExportQuery(Root.CASE, found.case_id)
    with pytest.raises(NothingSigned):
        await make(site, query)
    await sign(site)
    for bad, terms in (
        (ExportQuery(Root.KINDS, kinds=("nonsense",)), TERMS),
        (ExportQuery(Root.CASE, found.case_id, kinds=("decision",)), TERMS),
        (ExportQuery(Root.CASE, found.case_id, since=site.services.clock.now()), TERMS),
        (query, ExportTerms("", "purpose")),
        (query, ExportTerms("two\nlines", "purpose")),
    ):
        with pytest.raises(ExportNotAllowed):
            await make(site, bad, terms)
    with pytest.raises(NothingToExport):
        await make(site, ExportQuery(Root.CASE, found.case_id + 1))
    ports = export_ports(site.services.settings, site.services.keyring)
    now = site.services.clock.now()
    assert not permits("moderator", Permission.DELETE_USER_DATA)
    with pytest.raises(RoleLacks):
        await make_bundle(
            site.services.database,
            Staff(found.author.account_id, "moderator"),
            query,
            TERMS,
            ports=ports,
            now=now,
        )
    small = dataclasses.replace(ports, records_max=1)
    with pytest.raises(BundleTooLarge):
        await make_bundle(site.services.database, Staff(None, "owner"), query, TERMS, ports=small, now=now)


async def test_the_desk_hands_out_a_bundle_that_it_recorded_first(site: Site, tmp_path: Path) -> None:
    found = await affair(site)
    await sign(site, witnessed=True)
    ada = await site.member("ada", role="admin")
    form = {"id": site.services.ids.encode(found.case_id), "recipient": "a court", "purpose": "a case"}
    answer = await ada.request("POST", "/api/holdfast/v1/evidence/bundles", data=form)
    assert answer.status_code == 200, answer.text
    path = tmp_path / "got.zip"
    path.write_bytes(answer.content)
    assert ours(path) is Outcome.VERIFIED
    [one] = await ada.get("/api/holdfast/v1/evidence/disclosures")
    assert (one["recipient"], one["file_sha256"]) == ("a court", hashlib.sha256(answer.content).hexdigest())
    assert answer.headers["x-evidence-record"] == one["record_id"]
    assert list((site.services.settings.data.resolve() / "run" / "exports").iterdir()) == []
    for wrong in ({**form, "id": "1"}, {**form, "purpose": ""}, {**form, "about": "account"}):
        answer = await ada.request("POST", "/api/holdfast/v1/evidence/bundles", data=wrong)
        assert answer.status_code in (404, 422)


async def test_the_desk_places_and_releases_holds(site: Site) -> None:
    ada, ann = await site.member("ada", role="admin"), await site.member("ann")
    path = "/api/holdfast/v1/holds"
    placed = await ada.post(path, id=ann.id, reason="order 7", until="2099-01-01T00:00:00Z")
    assert (placed["scope"], placed["of"], placed["waiting"]) == ("account", ann.id, 0)
    post = await ann.say("kept")
    assert (await ann.request("DELETE", f"/api/v1/statuses/{post['id']}")).status_code == 200
    shown = await ada.get(f"{path}/{placed['id']}")
    assert [(one["kind"], one["id"]) for one in shown["erasures"]] == [("post", post["id"])]
    assert [one["id"] for one in await ada.get(path)] == [placed["id"]]
    released = await ada.post(f"{path}/{placed['id']}/release", reason="over")
    assert released["release_reason"] == "over"
    await site.settle()
    assert await site.services.database.fetchval("select count(*) from posts") == 0
    assert await ada.get(path) == []
    for wrong in ({"id": ann.id}, {"id": ann.id, "reason": "x", "scope": "post"}, {"reason": "x"}):
        assert (await ada.request("POST", path, data=wrong)).status_code == 422


async def test_what_is_sealed_stays_sealed_until_it_is_published(site: Site) -> None:
    ann = await site.member("ann")
    mia = await site.member("mia", role="admin")
    case_id = await case_about_post(site, ann, await ann.say("You are all vermin"))
    refer = Action(ActionKind.REFER, authority="Secret Police", note="Operation Plum", sealed=True)
    actions = (Action(ActionKind.WITHDRAW), refer)
    made = await decided(site, staff(mia, "admin"), case_id, ruling(actions=actions))
    await site.settle()
    await sign(site, witnessed=True)
    for query in (
        ExportQuery(Root.DECISION, made.id),
        ExportQuery(Root.KINDS, kinds=("sealed", "decision", "hold.placed")),
        ExportQuery(Root.ACCOUNT, ann.account_id),
    ):
        bundle = await make(site, query)
        files = contents(bundle.path)
        opened = b"".join(
            base64.urlsafe_b64decode(json.loads(one)["body"] + "==")
            for name, one in files.items() if name.startswith("data/openings/")
        )  # fmt: skip
        for secret in (b"Secret Police", b"Operation Plum"):
            assert secret not in b"".join(files.values()) + opened
        assert b"that is sealed" in files["data/custody/redactions.csv"]
        assert ours(bundle.path) is Outcome.OPENING_MISSING


async def test_time_stamps_come_with_a_proof_that_the_log_begins_with_what_they_stamp(site: Site) -> None:
    found = await affair(site)
    await sign(site)
    database, now = site.services.database, site.services.clock.now()
    stamped = await ledger.latest_checkpoint(database)
    assert stamped is not None
    note = stamped.whole_note
    reply = b"what an authority would answer " + hashlib.sha256(note).digest()
    async with database.transaction() as tx:
        await tx.execute(
            "insert into ledger_time_stamps (id, origin, size, note, authority, reply, stamped_at, reason, created_at)"
            " values (1, $1, $2, $3, 'https://tsa.example/', $4, $5, 'hourly', $5)",
            note.split(b"\n")[0].decode(), stamped.size, note, reply, now,
        )  # fmt: skip
        await ledger.append(tx, ledger.Entry(kind=ledger.Kind.CENSUS), now=now)
    await sign(site, witnessed=True)
    path = (await make(site, ExportQuery(Root.CASE, found.case_id))).path
    files = contents(path)
    name = f"data/time/{stamped.log}-{stamped.size}"
    assert files[f"{name}.tsr"] == reply
    assert files[f"{name}.checkpoint"] == note
    assert files[f"{name}.consistency"]
    report = verify_file(path, Trust(None), Given())
    assert report.outcome is Outcome.VERIFIED
    assert report.facts["time_stamps"] == 1
    assert alone(path).returncode == 0
