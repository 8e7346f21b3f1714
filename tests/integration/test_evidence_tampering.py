"""Any changed byte of a bundle, and any forgery with fitting manifests, is found by both verifiers."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import random
import time
import zipfile
from pathlib import Path
from typing import Any

from holdfast.main.verification import Outcome
from holdfast.pure.bundles import encode_manifest
from holdfast.records import ledger
from holdfast.trust.evidence import ExportQuery, Root
from tests.support.bundles import SINGLE, contents, make, ours, sign, small_bundle
from tests.support.site import Site


def single_file_verifier() -> Any:
    """The verifier that a bundle carries, as a module."""
    spec = importlib.util.spec_from_file_location("holdfast_verify", SINGLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_any_flipped_bit_of_a_bundle_is_found_by_both_verifiers(site: Site, tmp_path: Path) -> None:
    path = await small_bundle(site, tmp_path)
    whole, single = path.read_bytes(), single_file_verifier()
    generator = random.Random(6)
    # Somewhere in every file and its header, and all of the end, where a container has bytes that many readers skip.
    places = [whole.index(b"PK\x03\x04", start) for start in headers(whole)]
    places = [place + generator.randrange(60) for place in places]
    places += [generator.randrange(len(whole)) for _ in range(60)]
    places += range(len(whole) - 22, len(whole))
    directory = whole.index(b"PK\x01\x02")
    places += [generator.randrange(directory, len(whole)) for _ in range(40)]
    flipped = tmp_path / "flipped.zip"
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << generator.randrange(8)
        flipped.write_bytes(changed)
        assert ours(flipped) >= Outcome.BAD, place
        assert max(one[0] for one in single.verify(str(flipped))) >= 30, place
    for cut in (len(whole) - 1, len(whole) // 2, 100, 1):
        flipped.write_bytes(whole[:cut])
        assert max(one[0] for one in single.verify(str(flipped))) >= 30, cut
        assert ours(flipped) >= Outcome.BAD, cut
    flipped.write_bytes(whole + b"\0")
    assert ours(flipped) >= Outcome.BAD
    assert max(one[0] for one in single.verify(str(flipped))) >= 30


def headers(whole: bytes) -> list[int]:
    """Where files of a ZIP begin."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return [one.header_offset for one in archive.infolist()]


async def test_what_is_forged_with_all_manifests_made_anew_is_found(site: Site, tmp_path: Path) -> None:
    """Whoever changes a leaf, an opening, a proof or the list of closed texts can make the manifests fit; the ledger does
    not follow."""
    path = await small_bundle(site, tmp_path)
    files, single = contents(path), single_file_verifier()
    leaf = min(name for name in files if name.startswith("data/ledger/leaves/"))
    opening = min(name for name in files if name.startswith("data/openings/"))
    proof = min(name for name in files if name.startswith("data/ledger/proofs/"))
    checkpoint = files["data/ledger/checkpoint"]
    body = json.loads(files[opening])
    body["body"] = base64.urlsafe_b64encode(b"something else").rstrip(b"=").decode()
    forged: dict[str, dict[str, bytes | None]] = {
        "leaf": {leaf: files[leaf].replace(b'"v":1', b'"v":1 ')},
        "kind": {leaf: files[leaf].replace(b"withdraw", b"dismissed") + b""}
        if b"withdraw" in files[leaf]
        else {},
        "opening": {opening: json.dumps(body, sort_keys=True, separators=(",", ":")).encode()},
        "opening gone": {opening: None},
        "leaf gone": {leaf: None},
        "proof": {proof: files[proof].replace(b"index ", b"index 1")},
        "checkpoint": {
            "data/ledger/checkpoint": checkpoint.replace(checkpoint.split(b"\n")[2][:8], b"AAAAAAAA")
        },
        "closed": {
            "data/custody/redactions.csv": b"record_id,index,field,reason,why\r\n01X,1,text,erased,x\r\n"
        },
        "bagit": {"bagit.txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"},
    }
    for what, changes in forged.items():
        if not changes:
            continue
        folder = tmp_path / what.replace(" ", "-")
        write_bag(folder, {**files, **changes})
        assert ours(folder) >= Outcome.BAD, what
        if what != "closed":  # that more is listed as closed than is closed is no lie about evidence
            assert max(one[0] for one in single.verify(str(folder))) >= 30, what


def write_bag(folder: Path, files: dict[str, bytes | None]) -> None:
    """A bag in a folder, with manifests that fit."""
    kept = {name: one for name, one in files.items() if one is not None and "manifest-sha256" not in name}
    payload = {
        name: hashlib.sha256(one).hexdigest() for name, one in kept.items() if name.startswith("data/")
    }
    size = sum(len(kept[name]) for name in payload)
    facts = [
        line for line in kept["bag-info.txt"].decode().splitlines() if not line.startswith("Payload-Oxum")
    ]
    kept["bag-info.txt"] = "\n".join([*facts, f"Payload-Oxum: {size}.{len(payload)}", ""]).encode()
    kept["manifest-sha256.txt"] = encode_manifest(payload)
    tags = {name: hashlib.sha256(one).hexdigest() for name, one in kept.items() if name not in payload}
    kept["tagmanifest-sha256.txt"] = encode_manifest(tags)
    for name, one in kept.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(one)


async def test_a_bundle_of_a_thousand_records_is_verified_in_two_seconds(site: Site) -> None:
    """Of processor time, so that a busy machine does not decide."""
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        for number in range(1000):
            entry = ledger.Entry(kind=ledger.Kind.APPEAL_OPENED, private={"text": f"appeal {number}"})
            await ledger.append(tx, entry, now=now)
    await sign(site, witnessed=True)
    made = await make(site, ExportQuery(Root.KINDS, kinds=("appeal.opened",)))
    assert made.records == 1000
    started = time.process_time()
    assert ours(made.path) is Outcome.VERIFIED
    assert time.process_time() - started < 2.0
    single = single_file_verifier()
    started = time.process_time()
    assert max(one[0] for one in single.verify(str(made.path))) == 0
    assert time.process_time() - started < 2.0
