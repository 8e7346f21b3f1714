"""An evidence bundle as it is checked by programs that know the formats alone: Python's standard library, `sha256sum`, `openssl`."""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

KEY_HEAD = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of Ed25519


class Broken(Exception):
    """The bundle is not what it says."""


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Bundle:
    """The files of a bag, of which every leaf and opening was checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.checked: list[str] = []
        self.leaves: dict[str, dict[str, Any]] = {}
        self.openings: dict[tuple[str, str], bytes] = {}
        self._whole()
        self._signed()
        self._leaves()
        self._openings()
        self.notices = [json.loads(one.read_text()) for one in sorted(self.data.glob("notices/N-*.json"))]
        self.stamps = self._stamps()

    def _whole(self) -> None:
        for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            done = subprocess.run(
                ["sha256sum", "--strict", "--quiet", "-c", name],
                cwd=self.folder,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise Broken(f"sha256sum: {done.stdout}{done.stderr}")
        self.checked.append("sha256sum: every file is as the manifests say")

    def _signed(self) -> None:
        note = (self.data / "ledger/checkpoint").read_text()
        text, _, signatures = note.partition("\n\n")
        self.origin, size, root = text.split("\n")[:3]
        self.size, self.root = int(size), base64.b64decode(root)
        name, _, rest = (self.data / "ledger/log.vkey").read_text().splitlines()[-1].partition("+")
        key = base64.b64decode(rest.partition("+")[2])[1:]
        line = next(one for one in signatures.splitlines() if one.startswith(f"\u2014 {name} "))
        signature = base64.b64decode(line.rpartition(" ")[2])[4:]
        with tempfile.TemporaryDirectory() as scratch:
            where = Path(scratch)
            (where / "text").write_bytes(f"{text}\n".encode())
            (where / "signature").write_bytes(signature)
            (where / "key").write_bytes(KEY_HEAD + key)
            command = [
                "openssl",
                "pkeyutl",
                "-verify",
                "-pubin",
                "-keyform",
                "DER",
                "-inkey",
                "key",
                "-rawin",
                "-in",
                "text",
                "-sigfile",
                "signature",
            ]
            done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Broken(f"openssl: the checkpoint is not signed by the log's key: {done.stderr}")
        self.checked.append(f"openssl: {self.origin} signed its state of {self.size} leaves")

    def _leaves(self) -> None:
        for path in (self.data / "ledger/leaves").glob("*.json"):
            index = int(path.stem)
            leaf = path.read_bytes()
            proof = (
                (self.data / f"ledger/proofs/{index}.tlog-proof")
                .read_text()
                .partition("\n\n")[0]
                .splitlines()
            )
            hashes = [base64.b64decode(one) for one in proof[1:] if not one.startswith(("index ", "extra "))]
            if rooted(leaf, index, self.size, hashes) != self.root:
                raise Broken(f"leaf {index} does not stand in the log that was signed")
            found = json.loads(leaf)
            found["index"] = index
            self.leaves[found["id"]] = found
        self.checked.append(f"{len(self.leaves)} leaves stand in that state (RFC 9162 inclusion)")

    def _openings(self) -> None:
        for path in (self.data / "openings").glob("*.opening.json"):
            one = json.loads(path.read_text())
            body = unpadded(one["body"])
            made = hmac.digest(
                unpadded(one["salt"]), b"holdfast/commit/v1\0" + one["name"].encode() + b"\0" + body, "sha256"
            )
            if made != unpadded(self.leaves[one["id"]]["c"][one["name"]]["d"]):
                raise Broken(f"{path.name} is not what the leaf committed to")
            self.openings[one["id"], one["name"]] = body
        self.checked.append(
            f"{len(self.openings)} texts are those that their leaves committed to (HMAC-SHA256)"
        )

    def _stamps(self) -> list[tuple[int, str]]:
        """Sizes of the log that an authority stamped, and when; verified only if its certificate is given to `openssl ts -verify`."""
        found = []
        for path in sorted((self.data / "time").glob("*.tsr")) if (self.data / "time").is_dir() else ():
            done = subprocess.run(
                ["openssl", "ts", "-reply", "-in", str(path), "-text"],
                capture_output=True,
                text=True,
                check=False,
            )
            at = next(
                (
                    line.partition(": ")[2]
                    for line in done.stdout.splitlines()
                    if line.startswith("Time stamp:")
                ),
                "",
            )
            if at:
                found.append((int(path.stem.rpartition("-")[2]), at))
        return sorted(found)

    def of_kind(self, *kinds: str) -> list[dict[str, Any]]:
        return sorted(
            (one for one in self.leaves.values() if one["k"] in kinds), key=lambda one: one["index"]
        )

    def opened(self, record_id: str, name: str) -> Any:
        body = self.openings.get((record_id, name))
        if body is None:
            return None
        try:
            return json.loads(body)
        except ValueError:
            return body.decode("utf-8", "replace")

    def about(self, leaf: dict[str, Any]) -> set[str]:
        """Ids of the records that a leaf is about."""
        return {one[1] if isinstance(one, list) else one.get("id", "") for one in leaf["r"]}

    def table(self, name: str) -> list[dict[str, str]]:
        path = self.data / name
        return list(csv.DictReader(io.StringIO(path.read_text()))) if path.exists() else []


def rooted(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf and its path lead to (RFC 9162, section 2.1.3.2)."""
    at, last = index, size - 1
    found = hashlib.sha256(b"\0" + leaf).digest()
    for one in path:
        if last == 0:
            raise Broken("a proof is too long")
        if at & 1 or at == last:
            found = hashlib.sha256(b"\1" + one + found).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + one).digest()
        at, last = at >> 1, last >> 1
    if last:
        raise Broken("a proof is too short")
    return found
