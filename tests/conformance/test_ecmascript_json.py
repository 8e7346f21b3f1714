"""Canonical JSON beside the language that it is defined by: a JavaScript engine writes the same numbers and strings."""

from __future__ import annotations

import json
import math
import random
import shutil
import struct
import subprocess

import pytest

from holdfast.pure.canonical_json import encode_canonical, parse_canonical

pytestmark = pytest.mark.conformance

COUNT = 20_000
# Doubles go over as their bits, so that nothing but the engine under test writes them.
SCRIPT = """
const [bits, texts] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const view = new DataView(new ArrayBuffer(8));
const numbers = bits.map((hex) => { view.setBigUint64(0, BigInt('0x' + hex)); return view.getFloat64(0); });
process.stdout.write(JSON.stringify([numbers, texts]));
"""


def test_numbers_and_strings_are_written_as_ecmascript_writes_them() -> None:
    if shutil.which("node") is None:
        pytest.skip("NO NODE.JS: canonical JSON is not compared with a JavaScript engine here")
    chance = random.Random("ecmascript")
    numbers: list[float] = [0.0, -0.0, 1e21, 1e-7, 2.0**53, 5e-324, 1.7976931348623157e308]
    while len(numbers) < COUNT:
        number = struct.unpack(">d", chance.randbytes(8))[0]
        numbers += [
            one for one in (number, chance.uniform(-1e7, 1e7), chance.random() * 1e-5) if math.isfinite(one)
        ]
    code_points = [*range(0xD800), *range(0xE000, 0x110000)]
    texts = ["".join(map(chr, [*range(256), *chance.sample(code_points, 50)])) for _ in range(20)]
    bits = [struct.pack(">d", one).hex() for one in numbers]
    written = subprocess.run(
        ["node", "-e", SCRIPT],
        input=json.dumps([bits, texts]),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.encode()
    assert encode_canonical([numbers, texts]) == written
    assert encode_canonical(parse_canonical(written)) == written
