"""How anybody verifies the ledger: commands to copy, filled in with its keys and addresses.

Each was run against a log of ours (tests/conformance/test_ledger_page.py). None needs more of this server than its public files.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from ...pure.evidence import VerifierKey
from ..ledger_facts import LedgerFacts
from .translations import Speech

# What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
_SPKI = bytes.fromhex("302a300506032b6570032100")

_OPENSSL = """\
curl -s {prefix}/checkpoint > checkpoint
sed '/^$/,$d' checkpoint > signed-text
grep '^— {origin} ' checkpoint | head -1 | cut -d' ' -f3 | base64 -d | tail -c +5 > signature
printf '%s\\n' '-----BEGIN PUBLIC KEY-----' '{key}' '-----END PUBLIC KEY-----' > log.pem
openssl pkeyutl -verify -pubin -inkey log.pem -rawin -in signed-text -sigfile signature"""

_PYTHON = """\
python3 - {prefix} <<'END'
import base64, hashlib, sys, urllib.request
get = lambda path: urllib.request.urlopen(f"{{sys.argv[1]}}/{{path}}").read()
size, root = get("checkpoint").decode().split("\\n")[1:3]
size, edge, count = int(size), [], 0
node = lambda mark, data: hashlib.sha256(mark + data).digest()
for tile in range(-(-size // 256)):
    width, digits = min(256, size - 256 * tile), str(tile)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at:at + 3] for at in range(0, len(digits), 3)]
    path = "/".join(["x" + one for one in groups[:-1]] + groups[-1:])
    data = get(f"tile/entries/{{path}}" + ("" if width == 256 else f".p/{{width}}"))
    while data:
        end = 2 + int.from_bytes(data[:2], "big")
        hashed, data, height = node(b"\\0", data[2:end]), data[end:], count
        while height & 1:
            hashed, height = node(b"\\1", edge.pop() + hashed), height >> 1
        edge.append(hashed)
        count += 1
total = edge.pop()
while edge:
    total = node(b"\\1", edge.pop() + total)
print(count, "records;", "the root fits" if base64.b64encode(total).decode() == root else "THE ROOT DOES NOT FIT")
END"""


@dataclass(frozen=True)
class Way:
    """One way to verify. `shows`: what it proves. `commands`: text to copy."""

    title: str
    shows: str
    commands: str


def public_key_base64(key: VerifierKey) -> str:
    """The key as the body of a PEM file."""
    return base64.b64encode(_SPKI + key.public_key).decode()


def ways_of(facts: LedgerFacts, say: Speech) -> list[Way]:
    """Five ways, the easiest first."""
    key, prefix, origin = facts.keys[0], facts.prefix, facts.log.origin
    return [
        Way(
            say("Watch it"),
            say(
                "Checks the signature and the tree now, remembers what it saw, and raises an alarm when the past changes,"
                " records vanish, or nothing new comes. Needs no account and no server."
            ),
            f"holdfast ledger watch {prefix} \\\n  --vkey '{key.vkey}' \\\n  --state {_file_name(origin)}.json",
        ),
        Way(
            say("With a program that we did not write"),
            say(
                "An independent verifier of the open format (C2SP tlog-tiles) reads the same files. Any other will do."
            ),
            f"pip install aics-tlog\naics-tlog verify-checkpoint \\\n  --tiles {prefix} \\\n"
            f"  --log-key '{key.vkey}' \\\n  --origin {origin}",
        ),
        Way(
            say("The signature, with OpenSSL"),
            say(
                "Says “Signature Verified Successfully” when the checkpoint was signed with the key of this ledger."
            ),
            _OPENSSL.format(prefix=prefix, origin=origin, key=public_key_base64(key)),
        ),
        Way(
            say("Every record, with nothing but Python"),
            say(
                "Reads all records from the first on, hashes them as RFC 6962 says, and compares with the signed root. It"
                " trusts no program of ours: it is short enough to read."
            ),
            _PYTHON.format(prefix=prefix),
        ),
        _asking_others(facts, say),
    ]


def _asking_others(facts: LedgerFacts, say: Speech) -> Way:
    shows = say(
        "Others keep what they saw. Ask a witness for the checkpoint that it cosigned, and let OpenSSL verify the stamp of"
        " a time stamp authority, whose certificate you take from the authority itself."
    )
    lines = [f"curl -s {facts.prefix}/policy      # the witnesses and their keys"]
    lines += [f"curl -s {one.url}/logs" for one in facts.witnesses[:3]]
    return Way(say("By asking others"), shows, "\n".join(lines))


def stamp_commands(reply_url: str, checkpoint_url: str) -> str:
    """How a time stamp is verified."""
    return (
        f"curl -s {checkpoint_url} > stamped\ncurl -s {reply_url} > stamped.tsr\n"
        "openssl ts -verify -data stamped -in stamped.tsr -CAfile authority.pem\n"
        "openssl ts -reply -in stamped.tsr -text | grep 'Time stamp'"
    )


def _file_name(origin: str) -> str:
    return "".join(one if one.isalnum() or one in ".-" else "-" for one in origin)
