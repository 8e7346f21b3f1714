#!/usr/bin/env python3
"""Verify an evidence bundle of Holdfast with nothing but Python 3.10 or newer.

    python3 holdfast_verify.py BUNDLE.zip|FOLDER [--vkey KEY] [--policy FILE]

This file stands alone: it shares no code with the server and needs no package, not even for Ed25519 (RFC 8032).

Exit status: 0 all verified, 10 verified but not enough witnesses, 20 an opening is missing (erased or redacted),
30 something is bad, 40 the log has signed two histories, 2 wrong usage.
"""
# fmt: off

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import hmac
import io
import json
import os
import re
import struct
import sys
import zlib
from collections.abc import Callable
from typing import Any

Files = dict[str, bytes]
Point = tuple[int, int, int, int]
Key = tuple[str, bytes, int, bytes]  # name, id, type, public key
Policy = tuple[list[Key], dict[str, Key], dict[str, tuple[int, list[str]]], str | None]
Checkpoint = tuple[str, int, bytes, set[str]]  # origin, size, root, who cosigned
Say = Callable[[int, str], None]

OK, UNWITNESSED, MISSING, BAD, SPLIT = 0, 10, 20, 30, 40
WORDS = {
    OK: "Everything was verified.",
    UNWITNESSED: "Verified, but not enough independent witnesses have seen it.",
    MISSING: "Verified, but not everything could be opened: some text was erased or left out.",
    BAD: "NOT verified: something is wrong.",
    SPLIT: "NOT verified: the log has signed two different histories.",
}

class Rejected(Exception):
    """Something is not as it must be; the text says what."""

def _need(holds: object, text: str) -> None:
    if not holds:
        raise Rejected(text)

def _matched(pattern: str, text: str, what: str) -> re.Match[str]:
    found = re.fullmatch(pattern, text)
    if found is None:
        raise Rejected(what)
    return found

# --- Ed25519 (RFC 8032) -------------------------------------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)

def _add(a: Point, b: Point) -> Point:
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e1, e2 = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    e3, e4 = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = e2 - e1, e4 - e3, e4 + e3, e2 + e1
    return e * f % P, g * h % P, f * g % P, e * h % P

def _times(scalar: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result

def _same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0

def _point_of(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P

BASE = _point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)

def _ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = _point_of(public), _point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    return _same(_times(s, BASE), _add(r, _times(int.from_bytes(digest, "little") % L, a)))

# --- the files ----------------------------------------------------------------------------------------------------
def _read_files(path: str) -> Files:
    """Files by path below the bag's folder, from a ZIP or from a folder that was unpacked."""
    if os.path.isdir(path):
        found: Files = {}
        for folder, _, names in os.walk(path):
            for name in names:
                full = os.path.join(folder, name)
                with open(full, "rb") as file:
                    found[os.path.relpath(full, path).replace(os.sep, "/")] = file.read()
    else:
        found = _read_zip(path)
    if "bagit.txt" not in found:
        tops = {name.split("/", 1)[0] for name in found}
        _need(len(tops) == 1, "this is no bag")
        found = {name.split("/", 1)[1]: data for name, data in found.items() if "/" in name}
    return found

def _read_zip(path: str) -> Files:
    """A ZIP in the one form in which bundles are written, so that no byte of it can change unseen."""
    with open(path, "rb") as file:
        whole = file.read()
    found: Files = {}
    directory, place, last = b"", 0, b""
    while whole[place : place + 4] == b"PK\x03\x04":
        size, length = struct.unpack("<I4xH", whole[place + 18 : place + 28])
        name = whole[place + 30 : place + 30 + length]
        start = place + 30 + length
        data = whole[start : start + size]
        fields = struct.pack("<5H3I2H", 20, 2048, 0, 0, 33, zlib.crc32(data), size, size, length, 0)
        right = whole[place:start] == b"PK\x03\x04" + fields + name and len(data) == size and name > last
        _need(right, f"{name!r} in the ZIP is not as it was written")
        directory += b"PK\x01\x02" + struct.pack("<H", 788) + fields
        directory += struct.pack("<3H2I", 0, 0, 0, 0o100644 << 16, place) + name
        found[name.decode()], last, place = data, name, start + size
    end = struct.pack("<4H2IH", 0, 0, len(found), len(found), len(directory), place, 0)
    right = whole[place:] == directory + b"PK\x05\x06" + end
    _need(right, "the ZIP was changed or packed anew: unpack it and verify the folder")
    return found

def _manifest(files: Files, name: str) -> dict[str, str]:
    _need(name in files, f"{name} is missing")
    found: dict[str, str] = {}
    text, last = files[name].decode(), ""
    _need(text.endswith("\n"), f"{name} is cut")
    for line in text[:-1].split("\n"):
        match = _matched(r"([0-9a-f]{64})  ([^\r\n]+)", line, f"a line of {name} is not as it must be")
        _need(match[2] > last, f"the lines of {name} are not in order")
        found[match[2]], last = match[1], match[2]
    return found

def _check_bag(files: Files) -> int:
    _need(files.get("bagit.txt") == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "bagit.txt is wrong")
    payload, tags = _manifest(files, "manifest-sha256.txt"), _manifest(files, "tagmanifest-sha256.txt")
    for path in sorted(set(files) | set(payload) | set(tags)):
        listed = payload if path.startswith("data/") else tags
        _need(path in files, f"{path} is missing")
        if path != "tagmanifest-sha256.txt":
            _need(path in listed, f"{path} stands in no manifest")
            _need(hashlib.sha256(files[path]).hexdigest() == listed[path], f"{path} was changed")
    return len(payload)

# --- notes, trees, leaves -----------------------------------------------------------------------------------------
def _unbase64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    _need(base64.b64encode(data).decode() == text, "base64 in another form than its one")
    return data

def _unbase64url(text: str) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    _need(base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text, "base64url in another form than its one")
    return data

def _read_vkey(text: str) -> Key:
    name, key_id, encoded = text.split("+", 2)
    typed = _unbase64(encoded)
    made = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    _need(made.hex() == key_id, f"the id of the key of {name} does not fit it")
    return name, made, typed[0], typed[1:]

def _read_policy(data: bytes) -> Policy:
    """Log keys, witness keys by name, groups, quorum (None: no witness is asked for)."""
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, list[str]]] = {}
    quorum: str | None = None
    for line in data.decode().split("\n"):
        items = line.split()
        if not items or items[0].startswith("#"):
            continue
        if items[0] == "log":
            logs.append(_read_vkey(items[1]))
        elif items[0] == "witness":
            witnesses[items[1]] = _read_vkey(items[2])
        elif items[0] == "group":
            words = {"all": len(items) - 3, "any": 1}
            groups[items[1]] = (words.get(items[2]) or int(items[2]), items[3:])
        elif items[0] == "quorum":
            quorum = None if items[1] == "none" else items[1]
        else:
            raise Rejected(f"the policy has a line that is not understood: {items[0]}")
    return logs, witnesses, groups, quorum

def _read_note(data: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    text, _, below = data.decode().rpartition("\n\n")
    _need(below.endswith("\n"), "a checkpoint ends in lines of signatures")
    signatures = []
    for line in below[:-1].split("\n"):
        match = _matched("\u2014 (\\S+) (\\S+)", line, "a signature line is not as it must be")
        raw = _unbase64(match[2])
        signatures.append((match[1], raw[:4], raw[4:]))
    return text + "\n", signatures

def _open_checkpoint(data: bytes, policy: Policy) -> Checkpoint:
    """Origin, size, root, and the names of witnesses whose cosignature is right."""
    text, signatures = _read_note(data)
    lines = text.split("\n")
    _need(len(lines) >= 4, "a checkpoint has three lines")
    origin, size, root = lines[0], int(lines[1]), _unbase64(lines[2])
    _need(str(size) == lines[1] and len(root) == 32, "a checkpoint is not written as it must be")
    by_log = False
    seen: set[str] = set()
    for name, key_id, signature in signatures:
        for log in policy[0]:
            if (name, key_id) == log[:2]:
                _need(log[2] == 1 and _ed25519(log[3], signature, text.encode()), f"the signature of {name} is wrong")
                by_log = by_log or name == origin
        for title, key in policy[1].items():
            if (name, key_id) == key[:2] and key[2] == 4:
                time = int.from_bytes(signature[:8], "big")
                message = f"cosignature/v1\ntime {time}\n{text}".encode()
                _need(_ed25519(key[3], signature[8:], message), f"the cosignature of {title} is wrong")
                seen.add(title)
    _need(by_log, f"no key that is trusted here has signed the checkpoint of {origin}")
    return origin, size, root, seen

def _reached(policy: Policy, seen: set[str]) -> bool:
    counted = set(seen)
    for name, (threshold, members) in policy[2].items():
        if sum(one in counted for one in members) >= threshold:
            counted.add(name)
    return bool(counted) and (policy[3] is None or policy[3] in counted)

def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()

def _root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.3.2."""
    _need(0 <= index < size, "an index is beyond the log")
    last, found = size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    for one in path:
        _need(last, "a proof is too long")
        if index & 1 or index == last:
            found = _node(one, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = _node(found, one)
        index, last = index >> 1, last >> 1
    _need(not last, "a proof is too short")
    return found

def _strict_json(data: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        _need(len(dict(pairs)) == len(pairs), "a key stands twice")
        return dict(pairs)

    return json.loads(data.decode(), object_pairs_hook=once)

def _check_proof(files: Files, folder: str, index: int, leaf: bytes, checkpoint: Checkpoint) -> None:
    name = f"{folder}proofs/{index}.tlog-proof"
    _need(name in files, f"{name} is missing")
    head, _, note = files[name].partition(b"\n\n")
    _need(note == files[folder + "checkpoint"], f"{name} is of another checkpoint")
    lines = head.decode().split("\n")
    _need(lines[0] == "c2sp.org/tlog-proof@v1", f"{name} is no proof file")
    rest = [line for line in lines[1:] if not line.startswith("extra ")]
    extra = [_unbase64(line[6:]) for line in lines[1:] if line.startswith("extra ")]
    _need(rest and rest[0] == f"index {index}" and extra in ([], [leaf]), f"{name} is of another leaf")
    found = _root_of(leaf, index, checkpoint[1], [_unbase64(line) for line in rest[1:]])
    _need(found == checkpoint[2], f"{name} does not lead to the root that was signed")

def _check_openings(files: Files, leaves: dict[str, Any], say: Say) -> None:
    opened: set[tuple[str, str]] = set()
    for path in sorted(one for one in files if one.startswith("data/openings/")):
        opening = _strict_json(files[path])
        _need(opening.get("v") == 1 and opening.get("id") in leaves, f"{path} opens no leaf of this bundle")
        leaf, name = leaves[opening["id"]], opening["name"]
        _need(name in leaf["c"] and (leaf["id"], name) not in opened, f"{path} opens nothing")
        salt, body = _unbase64url(opening["salt"]), _unbase64url(opening["body"])
        made = hmac.new(salt, b"holdfast/commit/v1\0" + name.encode() + b"\0" + body, hashlib.sha256).digest()
        _need(len(salt) == 32 and made == _unbase64url(leaf["c"][name]["d"]), f"{path} is not what was committed to")
        opened.add((leaf["id"], name))
    say(OK, f"{len(opened)} openings are what their leaves committed to")
    listed: dict[tuple[str, str], str] = {}
    for row in list(csv.reader(io.StringIO(files["data/custody/redactions.csv"].decode())))[1:]:
        listed[row[0], row[2]] = row[3]
    for leaf in leaves.values():
        for name in sorted(leaf["c"]):
            if (leaf["id"], name) not in opened:
                reason = listed.get((leaf["id"], name))
                _need(reason, "{} of {} is neither opened nor listed as closed".format(name, leaf["id"]))
                say(MISSING, "{} of {} {} is {}".format(name, leaf["k"], leaf["id"], reason))

def _check_ledger(files: Files, folder: str, policy: Policy, say: Say) -> tuple[Checkpoint, dict[str, Any]]:
    checkpoint = _open_checkpoint(files[folder + "checkpoint"], policy)
    say(OK, f"{checkpoint[0]} has signed a log of {checkpoint[1]} leaves")
    if _reached(policy, checkpoint[3]):
        say(OK, "cosigned by {}".format(", ".join(sorted(checkpoint[3]))))
    else:
        say(UNWITNESSED, "not cosigned by enough witnesses")
    leaves: dict[str, Any] = {}
    prefix = folder + "leaves/"
    for path in sorted(one for one in files if one.startswith(prefix)):
        match = _matched(r"(0|[1-9][0-9]*)\.json", path[len(prefix) :], f"{path} is no name of a leaf")
        leaf = _strict_json(files[path])
        _need(leaf.get("v") == 1, f"{path} is of a version that is not known here")
        _check_proof(files, folder, int(match[1]), files[path], checkpoint)
        leaves[leaf["id"]] = leaf
    proofs = sum(one.startswith(folder + "proofs/") for one in files)
    _need(proofs == len(leaves), "leaves and proofs are not as many")
    say(OK, f"{len(leaves)} leaves stand in that log where they say")
    return checkpoint, leaves

def _check_stamps(files: Files, policies: dict[str, Policy], known: dict[str, Checkpoint], say: Say) -> None:
    for path in sorted(one for one in files if one.startswith("data/time/") and one.endswith(".tsr")):
        note = files.get(path[:-4] + ".checkpoint", b"")
        _need(hashlib.sha256(note).digest() in files[path], f"{path} stamps something else")
        origin = note.decode().split("\n", 1)[0]
        stamped = _open_checkpoint(note, policies[origin])
        if stamped[1] == known[origin][1] and stamped[2] != known[origin][2]:
            say(SPLIT, f"{path} is of another history of {stamped[1]} leaves")
        say(OK, f"{path} stamps a log of {stamped[1]} leaves; the authority's signature: see INDEPENDENT.md")

def verify(path: str, given: Policy | None = None) -> list[tuple[int, str]]:
    """What was found, each with its outcome."""
    findings: list[tuple[int, str]] = []

    def say(outcome: int, text: str) -> None:
        findings.append((outcome, text))

    try:
        files = _read_files(path)
        say(OK, f"the bag is whole: {_check_bag(files)} files")
        folders = [one[: -len("checkpoint")] for one in files if re.fullmatch(r"data/ledger/([0-9]+/)?checkpoint", one)]
        _need(folders, "there is no ledger in this bundle")
        leaves: dict[str, Any] = {}
        policies: dict[str, Policy] = {}
        known: dict[str, Checkpoint] = {}
        for folder in sorted(folders):
            carried = _read_policy(files[folder + "policy.tlog-policy"])
            checkpoint, found = _check_ledger(files, folder, given or carried, say)
            policies[checkpoint[0]], known[checkpoint[0]] = given or carried, checkpoint
            leaves.update(found)
        _check_openings(files, leaves, say)
        _check_stamps(files, policies, known, say)
    except Rejected as error:
        say(BAD, str(error))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        say(BAD, f"a file is not as it must be ({type(error).__name__}: {error})")
    return findings

def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Verify an evidence bundle.")
    parser.add_argument("bundle", help="the ZIP, or the folder that it was unpacked to")
    parser.add_argument("--vkey", action="append", default=[], help="a key of the log that you have from elsewhere")
    parser.add_argument("--policy", help="a tlog-policy file: whom you believe")
    asked, out = parser.parse_args(), sys.stdout
    try:
        given = None
        if asked.policy:
            with open(asked.policy, "rb") as file:
                given = _read_policy(file.read())
        if asked.vkey:
            logs, witnesses, groups, quorum = given or ([], {}, {}, None)
            given = (logs + [_read_vkey(one) for one in asked.vkey], witnesses, groups, quorum)
        findings = verify(asked.bundle, given)
    except (OSError, ValueError, Rejected) as error:
        parser.error(str(error))
    outcome = max(one[0] for one in findings)
    for one, text in findings:
        out.write("{} {}\n".format("ok  " if one == OK else "?   " if one < BAD else "BAD ", text))
    if given is None and outcome < BAD:
        out.write("     the keys are the bundle's own: compare log.vkey with one that you have from elsewhere\n")
    out.write(f"\n{WORDS[outcome]}\n")
    sys.exit(outcome)

if __name__ == "__main__":
    main()
