"""The ledger over HTTP: static tiles, proofs for everybody, openings for those whom they concern."""

from __future__ import annotations

import shutil

import pytest

from holdfast.pure.evidence import (
    leaf_hash,
    open_checkpoint,
    parse_entry_bundle,
    parse_hash_tile,
    parse_proof,
    parse_vkey,
    verify_proof,
)
from holdfast.records import ledger
from holdfast.records.ledger import Entry, Kind, Subject
from tests.support.access_ledger import grow_ledger
from tests.support.site import Site

PREFIX = "/.well-known/holdfast/evidence/1"


async def record(site: Site, entry: Entry, count: int = 1) -> str:
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        ids = [await ledger.append(tx, entry, now=now) for _ in range(count)]
    await grow_ledger(site)
    return ids[-1]


@pytest.mark.parametrize("with_files", [True, False])
async def test_tiles_are_the_same_from_files_and_from_the_database(site: Site, with_files: bool) -> None:
    assert (await site.client.get(f"{PREFIX}/checkpoint")).status_code == 404
    await record(site, Entry(kind=Kind.BREAKER), 258)
    if not with_files:
        shutil.rmtree(site.services.settings.data / "ledger")
    status = (await site.client.get("/api/holdfast/v1/ledger/status")).json()
    answer = await site.client.get(f"{PREFIX}/checkpoint")
    assert "max-age=5" in answer.headers["cache-control"]
    signed = open_checkpoint(answer.content, [parse_vkey(one) for one in status["vkeys"]])
    assert signed.checkpoint.size == 258

    bundle = await site.client.get(f"{PREFIX}/tile/entries/000", headers={"accept-encoding": "gzip"})
    assert bundle.headers["content-encoding"] == "gzip"
    assert "immutable" in bundle.headers["cache-control"]
    hashes = await site.client.get(f"{PREFIX}/tile/0/000")
    assert list(map(leaf_hash, parse_entry_bundle(bundle.content))) == parse_hash_tile(hashes.content)
    again = await site.client.get(f"{PREFIX}/tile/0/000", headers={"if-none-match": hashes.headers["etag"]})
    assert again.status_code == 304
    for path, code in {
        "tile/0/001.p/2": 200, "tile/entries/001.p/1": 200, "tile/1/000.p/1": 200, "tile/0/001": 404,
        "tile/0/001.p/3": 404, "tile/1/000": 404, "tile/9/000": 404, "tile/0/1": 404, "tile/0/x000/000": 404,
        "tile/0/x999/x999/999": 404, "tile/entries/000.p/256": 404, "tile/00/000": 404, "tile/0/001.p/02": 404,
    }.items():  # fmt: skip
        assert (await site.client.get(f"{PREFIX}/{path}")).status_code == code, path
    for prefix in ("0", "2", "01", "9999999999", "x"):
        answer = await site.client.get(f"/.well-known/holdfast/evidence/{prefix}/checkpoint")
        assert answer.status_code == 404, prefix


async def test_a_proof_verifies_with_what_the_site_publishes(site: Site) -> None:
    record_id = await record(site, Entry(kind=Kind.DECISION, public={"action": "post.withdraw"}))
    vkeys = (await site.client.get("/api/holdfast/v1/ledger/status")).json()["vkeys"]
    answer = await site.client.get(f"/api/holdfast/v1/ledger/proof/{record_id}.tlog-proof")
    proof = parse_proof(answer.content)
    assert proof.extra is not None
    verify_proof(proof, proof.extra, [parse_vkey(one) for one in vkeys])
    async with site.services.database.transaction() as tx:
        waiting = await ledger.append(tx, Entry(kind=Kind.BREAKER), now=site.services.clock.now())
    assert (await site.client.get(f"/api/holdfast/v1/ledger/proof/{waiting}")).status_code == 503


async def test_an_opening_is_for_whom_it_concerns(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    moderator = await site.member("mod", role="moderator")
    entry = Entry(
        kind=Kind.DECISION, subject=Subject.account(ann.account_id), shown=frozenset({"reasons"}),
        private={"reasons": "You broke rule 3.", "note": "Second time; be strict."},
    )  # fmt: skip
    path = f"/api/holdfast/v1/ledger/openings/{await record(site, entry)}"

    def names(body: dict[str, list[dict[str, str]]]) -> list[str]:
        return [one["name"] for one in body["openings"]]

    assert names(await ann.get(path)) == ["reasons"]
    assert names(await moderator.get(path)) == ["note", "reasons"]
    assert names((await moderator.request("GET", path, params={"fields[]": "note"})).json()) == ["note"]
    assert (await bob.request("GET", path)).status_code == 404
    assert (await site.client.get(path)).status_code == 404

    sealed = Entry(
        kind=Kind.DISCLOSURE, subject=Subject.account(ann.account_id), sealed=True,
        shown=frozenset({"order"}), private={"order": "The order."},
    )  # fmt: skip
    record_id = await record(site, sealed)
    path = f"/api/holdfast/v1/ledger/openings/{record_id}"
    assert (await ann.request("GET", path)).status_code == 404
    async with site.services.database.transaction() as tx:
        await ledger.unseal(tx, record_id, basis="gag-ended", now=site.services.clock.now())
    assert names((await site.client.get(path)).json()) == ["sealed"]
    assert names(await ann.get(path)) == ["order", "sealed"]
