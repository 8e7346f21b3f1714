"""A model file that is missing, damaged or made of something else is refused with a reason, never used."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from holdfast.screening.classifier import LocalModel, ModelFile, modelfile
from holdfast.screening.classifier.calibration import Calibration
from holdfast.screening.model import Content
from holdfast.screening.tiers import ModelUnusable
from tests.support.tiny_model import tiny_about, tiny_entries, write_tiny_model

ENTRIES = ("lexicon.txt", "ngrams.npz", "encoder.onnx", "vocabulary.txt")
THREAT = Content(text="i will kill the mayor")


def use(path: Path) -> None:
    """Everything that a server does with the file."""
    LocalModel(ModelFile(path)).read(THREAT)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = ModelFile(write_tiny_model(tmp_path / "m.zip"))
    assert {name: file.entry(name) for name in ENTRIES} == tiny_entries()
    assert file.about == msgspec.structs.replace(tiny_about(), digests=file.about.digests)
    assert set(file.about.digests) == set(ENTRIES)
    assert file.version.startswith("tiny+")
    assert not list(tmp_path.glob("*.partial"))


def test_the_same_content_is_the_same_file_and_version(tmp_path: Path) -> None:
    one, other = write_tiny_model(tmp_path / "a.zip"), write_tiny_model(tmp_path / "b.zip")
    assert one.read_bytes() == other.read_bytes()
    assert ModelFile(one).version == ModelFile(other).version
    changed = write_tiny_model(tmp_path / "c.zip", {"lexicon.txt": b"kill"})
    assert ModelFile(changed).version != ModelFile(one).version


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match=r"gone\.zip does not exist"):
        ModelFile(tmp_path / "gone.zip")


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="cannot be read"):
        ModelFile(tmp_path)


@pytest.mark.parametrize("keep", [0, 10, 500, -1, -30])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = write_tiny_model(tmp_path / "m.zip")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ModelUnusable, match=r"m\.zip"):
        use(path)


def test_a_flipped_byte_never_changes_what_is_used(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "m.zip")
    whole = path.read_bytes()
    said = LocalModel(ModelFile(path)).read(THREAT)
    version = ModelFile(path).version
    for at in range(0, len(whole), 23):
        damaged = bytearray(whole)
        damaged[at] ^= 0x40
        path.write_bytes(bytes(damaged))
        try:
            model = LocalModel(ModelFile(path))
            judgement = model.read(THREAT)
        except ModelUnusable:
            continue
        # What is left are bytes that mean nothing, such as dates.
        assert (judgement, model.version.split("/")[0]) == (said, version)


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_that_was_exchanged_is_refused(tmp_path: Path, name: str) -> None:
    path = write_tiny_model(tmp_path / "m.zip")
    rewrite(path, lambda entry, data: data + b" " if entry == name else data)
    with pytest.raises(ModelUnusable, match=f"{name} is damaged"):
        use(path)


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_that_is_missing_is_named(tmp_path: Path, name: str) -> None:
    path = write_tiny_model(tmp_path / "m.zip")
    rewrite(path, lambda entry, data: None if entry == name else data)
    with pytest.raises(ModelUnusable, match=f"holds no {name}"):
        use(path)


def test_an_entry_that_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modelfile, "MAX_ENTRY_BYTES", 1_000_000)
    path = write_tiny_model(tmp_path / "m.zip", {"encoder.onnx": bytes(1_000_001)})
    assert path.stat().st_size < 10_000
    with pytest.raises(ModelUnusable, match=r"encoder\.onnx is larger than 1000000 bytes$"):
        use(path)


def test_an_entry_that_lies_about_its_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_tiny_model(tmp_path / "m.zip", {"lexicon.txt": b"a" * 5_000})
    told, small = (5_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(told, small))
    with pytest.raises(ModelUnusable):
        use(path)


@pytest.mark.parametrize("about", [b"", b"{}", b"[1]", b'{"format": "one"}', b"\xff\xfe"])
def test_a_file_that_does_not_say_what_it_is_is_refused(tmp_path: Path, about: bytes) -> None:
    path = write_tiny_model(tmp_path / "m.zip")
    rewrite(path, lambda entry, data: about if entry == "about.json" else data)
    with pytest.raises(ModelUnusable, match=r"about\.json"):
        ModelFile(path)


def test_another_format_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="format 99 is not 1; train it anew"):
        ModelFile(write_tiny_model(tmp_path / "m.zip", format=99))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"outputs": ["violence"]}, "outputs"),
        ({"targets": []}, "targets"),
        ({"points": {}}, "operating point"),
        ({"calibration": Calibration(first={}, both={})}, "calibration"),
        ({"ask_above": {"rudeness": 0.5}}, "rudeness"),
        ({"max_tokens": 1}, "max_tokens"),
    ],
)
def test_a_model_that_cannot_judge_everything_is_refused_at_once(tmp_path: Path, changes, says: str) -> None:
    with pytest.raises(ModelUnusable, match=says):
        LocalModel(ModelFile(write_tiny_model(tmp_path / "m.zip", **changes)))


def arrays(**changes: np.ndarray) -> bytes:
    with np.load(io.BytesIO(tiny_entries()["ngrams.npz"])) as old:
        new = {**old, **changes}
    out = io.BytesIO()
    np.savez(out, **new)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("lexicon.txt", b"\xff\xfe\xfa"),
        ("ngrams.npz", b"no archive"),
        ("ngrams.npz", arrays(vectors=np.zeros((100, 2), np.int8))),  # no power of two
        ("ngrams.npz", arrays(vectors=np.zeros((128, 3), np.int8))),  # does not fit the hidden layer
        ("ngrams.npz", arrays(out=np.zeros((2, 2), np.float32), out_bias=np.zeros(2, np.float32))),
        ("encoder.onnx", b"no network"),
        ("vocabulary.txt", b"\xff\xfe\xfa"),
        ("vocabulary.txt", b"[PAD]"),
    ],
)
def test_an_entry_of_another_kind_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(ModelUnusable, match=name.replace(".", r"\.")):
        use(write_tiny_model(tmp_path / "m.zip", {name: data}))


def rewrite(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    with zipfile.ZipFile(path) as old:
        entries = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in entries.items():
            if data is not None:
                new.writestr(name, data)
