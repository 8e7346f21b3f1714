"""The root of a log, from its entry bundles alone, by pymerkle.

python root.py FOLDER SIZE
"""

import base64
import sys
from pathlib import Path

from pymerkle import InmemoryTree  # type: ignore[import-not-found]

folder, size = Path(sys.argv[1]), int(sys.argv[2])
tree = InmemoryTree(algorithm="sha256")
for number in range(-(-size // 256)):
    width = min(256, size - number * 256)
    groups = f"x{number // 1000:03d}/{number % 1000:03d}" if number > 999 else f"{number:03d}"
    data = (folder / f"tile/entries/{groups}{'' if width == 256 else f'.p/{width}'}").read_bytes()
    while data:
        end = 2 + int.from_bytes(data[:2], "big")
        tree.append_entry(data[2:end])
        data = data[end:]
sys.stdout.write(f"{tree.get_size()} {base64.b64encode(tree.get_state()).decode()}\n")
