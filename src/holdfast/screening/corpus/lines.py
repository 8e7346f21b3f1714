"""Reads the corpus format (corpus/README.md): sections of posts, minimal pairs, slots."""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from holdfast.pure.errors import Invalid
from holdfast.screening.classifier import HEADS, TARGETS
from holdfast.screening.corpus.rows import Row, labels_of

_SECTION: Final = re.compile(r"\[(pairs )?([a-z_+]+)((?: (?:target|kind)=[a-z_]+)*)\]")
_SLOT: Final = re.compile(r"\{([a-z_]+)\}")
_CONTRACTIONS: Final = (
    (re.compile(r"\bde les\b"), "des"),
    (re.compile(r"\bde le\b"), "du"),
    (re.compile(r"\bà les\b"), "aux"),
    (re.compile(r"\bà le\b"), "au"),
)

Slots = Mapping[str, Sequence[str]]


class _Section:
    def __init__(self, header: str, where: str) -> None:
        match = _SECTION.fullmatch(header)
        heads = tuple(match[2].split("+")) if match else ()
        if (
            match is None
            or not set(heads) <= {*HEADS, "lawful"}
            or ("lawful" in heads and heads != ("lawful",))
        ):
            raise Invalid(f"{where}: {header!r} is no section; write e.g. [threat_direct target=judge]")
        facts = dict(fact.split("=", 1) for fact in match[3].split())
        self.heads = () if heads == ("lawful",) else heads
        self.kind = facts.get("kind", "")
        self.target = facts.get("target", "")
        if self.target and self.target not in TARGETS:
            raise Invalid(f"{where}: unknown target {self.target!r}; known are {', '.join(TARGETS)}")
        self.is_pairs = match[1] is not None


def read_corpus(path: Path, *, language: str, source: str) -> Iterator[Row]:
    """The written lines of one file, slots still in them. Raises Invalid with file and line."""
    section: _Section | None = None
    lawful_half = True
    pair = 0
    where = path.name
    for number, line in enumerate(_lines(path), start=1):
        where = f"{path.name}:{number}"
        if not line.strip() or line == "#" or line.startswith("# "):
            continue
        if line.startswith("["):
            _finished(where, lawful_half=lawful_half)
            section = _Section(line.strip(), where)
            lawful_half = True
            continue
        if section is None:
            raise Invalid(f"{where}: a post before the first [section]")
        heads, group = section.heads, where
        if section.is_pairs:
            if not line.startswith("- " if lawful_half else "+ "):
                raise Invalid(f"{where}: expected '- lawful' and '+ violent' in turn")
            pair += lawful_half
            heads = () if lawful_half else section.heads
            group = f"{path.name}:pair{pair}"
            lawful_half = not lawful_half
            line = line[2:]
        yield Row(
            text=line.strip().replace("\\n", "\n"),
            labels=labels_of(heads, section.kind),
            source=source,
            group=group,
            language=language,
            target=section.target if heads else "",
            kind=section.kind,
            pair=pair if section.is_pairs else None,
        )
    _finished(where, lawful_half=lawful_half)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} cannot be read: {error}") from None


def _finished(where: str, *, lawful_half: bool) -> None:
    if not lawful_half:
        raise Invalid(f"{where}: the pair before this has no '+ violent' half")


def read_slots(path: Path) -> dict[str, Slots]:
    """language -> slot -> phrases."""
    with path.open("rb") as file:
        return tomllib.load(file)


def write_out(row: Row, slots: Slots, *, seed: int, draws: int) -> Iterator[Row]:
    """The row with its slots filled, `draws` times with different phrases; once when it has none.

    The choice depends on the seed and the group alone, so both halves of a pair get the same phrases. Raises
    Invalid for an unknown slot.
    """
    names = list(dict.fromkeys(_SLOT.findall(row.text)))
    if unknown := [name for name in names if name not in slots]:
        raise Invalid(f"{row.group}: unknown slot {unknown[0]!r}; known are {', '.join(slots)}")
    if not names:
        yield row
        return
    chooser = np.random.default_rng([seed, zlib.crc32(row.group.encode())])
    choices = {name: chooser.permutation(list(slots[name]))[:draws] for name in names}
    for draw in range(draws):
        text = row.text
        for name in names:
            text = text.replace("{" + name + "}", choices[name][draw % len(choices[name])])
        if row.language == "fr":
            for pattern, contracted in _CONTRACTIONS:
                text = pattern.sub(contracted, text)
        yield msgspec.structs.replace(row, text=_capital(text, row.text))


def _capital(text: str, written: str) -> str:
    """A sentence that begins with a slot begins with a capital when the writer capitalises elsewhere."""
    if written.startswith("{") and re.search(r"[A-Z]", written):
        return text[:1].upper() + text[1:]
    return text
