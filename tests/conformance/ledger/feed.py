"""A foreign log feeder (aics-witness) against the witness at URL: grows, is stale, lies. Run under its own Python.

    feed.py URL WITNESS_VKEY NOTES.json LEAVES FOLDER

NOTES.json: signed checkpoints by name ("300", "700", "forged"). LEAVES: how many entries "record N" there are.
Prints one line of JSON: what each step came to. Writes the cosigned checkpoint of 700 to FOLDER/checkpoint.
"""

import json
import sys
from pathlib import Path

from aics_tlog import MerkleTree  # type: ignore[import-not-found]
from aics_witness.feeder import (  # type: ignore[import-not-found]
    WitnessClient,
    WitnessConflict,
    WitnessRejected,
    merge_cosignatures,
)

url, vkey, notes_file, leaves, folder = sys.argv[1:]
notes = {name: text.encode() for name, text in json.loads(Path(notes_file).read_text()).items()}
tree = MerkleTree(f"record {number}".encode() for number in range(int(leaves)))
client = WitnessClient(url, vkey, state_path=Path(folder) / "state.json")
done = {}

done["300"] = client.submit(notes["300"], tree.consistency_proof)
done["700"] = client.submit(notes["700"], tree.consistency_proof)
Path(folder, "checkpoint").write_bytes(merge_cosignatures(notes["700"], done["700"]))

stale = WitnessClient(url, vkey)
try:
    stale.submit(notes["300"], tree.consistency_proof)
except WitnessConflict as error:
    done["stale"] = error.known_size
try:
    # The proof is of the true history: the forged one has none.
    client.submit(notes["forged"], tree.consistency_proof)
except WitnessRejected as error:
    done["forged"] = error.status
sys.stdout.write(json.dumps(done) + "\n")
