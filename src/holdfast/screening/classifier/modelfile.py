"""One file holds a whole model: a zip archive whose `about.json` names the digest of every other entry.

| entry | what |
|---|---|
| `about.json` | `About`: name, calibration, operating points, record of the training |
| `lexicon.txt` | words that a disguise may turn out to be, one a line |
| `ngrams.npz` | first tier: int8 vectors and a hidden layer |
| `encoder.onnx` | second tier: int8 transformer |
| `vocabulary.txt` | its vocabulary, one piece a line |

Entries are read when they are needed, so a server that never asks the second tier never holds it.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec

from holdfast.screening.classifier.calibration import Calibration
from holdfast.screening.classifier.heads import OUTPUTS, TARGETS
from holdfast.screening.classifier.points import POINTS, OperatingPoint
from holdfast.screening.tiers import ModelUnusable

FORMAT: Final = 1
SHIPPED: Final = "model.zip"
MAX_ENTRY_BYTES: Final = 128 * 1024 * 1024
"""No entry may unpack to more: a model file is data that a person brought."""
MIN_TOKENS: Final = 8
MAX_TOKENS: Final = 4096


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a model file says of itself.

    `ask_above`: probability of the first tier above which the second is asked, per output. `points`: operating
    points by name, with what they were measured to cost. `training`: the record of sources, counts, seeds.
    """

    format: int
    name: str
    made_at: str
    outputs: list[str]
    targets: list[str]
    max_tokens: int
    calibration: Calibration
    ask_above: dict[str, float]
    points: dict[str, OperatingPoint]
    training: dict[str, Any]
    digests: dict[str, str]


class ModelFile:
    """An opened model file. Reading an entry checks its digest."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` None: the model that the package carries. Raises ModelUnusable."""
        self.path = path if path is not None else Path(str(files("holdfast.screening").joinpath(SHIPPED)))
        try:
            about = self._bytes("about.json")
            self.about = msgspec.json.decode(about, type=About)
        except msgspec.DecodeError as error:
            raise ModelUnusable(f"{self.path}: about.json: {error}") from None
        if self.about.format != FORMAT:
            raise ModelUnusable(f"{self.path}: format {self.about.format} is not {FORMAT}; train it anew")
        for problem in _problems(self.about):
            raise ModelUnusable(f"{self.path}: about.json: {problem}")
        self.version = f"{self.about.name}+{hashlib.sha256(about).hexdigest()[:12]}"

    def entry(self, name: str) -> bytes:
        """The bytes of an entry. Raises ModelUnusable when it is missing or is not what was trained."""
        data = self._bytes(name)
        if hashlib.sha256(data).hexdigest() != self.about.digests.get(name):
            raise ModelUnusable(f"{self.path}: {name} is damaged (its digest differs)")
        return data

    def text(self, name: str) -> str:
        """The same as text."""
        try:
            return self.entry(name).decode()
        except UnicodeDecodeError as error:
            raise ModelUnusable(f"{self.path}: {name}: {error}") from None

    def _bytes(self, name: str) -> bytes:
        try:
            with zipfile.ZipFile(self.path) as archive:
                if archive.getinfo(name).file_size > MAX_ENTRY_BYTES:
                    raise ModelUnusable(f"{self.path}: {name} is larger than {MAX_ENTRY_BYTES} bytes")
                return archive.read(name)
        except ModelUnusable:
            raise
        except FileNotFoundError:
            raise ModelUnusable(f"{self.path} does not exist") from None
        except KeyError:
            raise ModelUnusable(f"{self.path} holds no {name}") from None
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise ModelUnusable(f"{self.path} cannot be read: {error}") from None
        except Exception as error:  # zlib.error and whatever else a damaged archive makes of itself
            raise ModelUnusable(f"{self.path} is damaged: {error}") from None


def _problems(about: About) -> Iterator[str]:
    """What would make judging fail later, when a post waits."""
    if about.outputs != list(OUTPUTS) or about.targets != list(TARGETS):
        yield f"outputs and targets are not {', '.join((*OUTPUTS, *TARGETS))}; train it anew"
    for name in OUTPUTS:
        alone, both = about.calibration.first.get(name), about.calibration.both.get(name)
        if alone is None or both is None or len(alone.weights) != 1 or len(both.weights) != 2:
            yield f"the calibration of {name} is not complete"
    for point in POINTS:
        if point not in about.points:
            yield f"the operating point {point} is missing"
    named = [*about.ask_above, *(name for one in about.points.values() for name in (*one.flag, *one.hold))]
    for name in named:
        if name not in OUTPUTS:
            yield f"{name} has a threshold but is no output"
    if not MIN_TOKENS <= about.max_tokens <= MAX_TOKENS:
        yield f"max_tokens is not between {MIN_TOKENS} and {MAX_TOKENS}"


def write_model_file(path: Path, about: About, entries: Mapping[str, bytes]) -> None:
    """Write a model file; the digests in `about` are made here. The same content gives the same bytes."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in entries.items()}
    head = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(about, digests=digests)))
    partial = path.with_suffix(path.suffix + ".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in {"about.json": head, **entries}.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)
    partial.replace(path)
