"""Banks: what moderators collect. Compiling keeps every good entry and names every broken one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec
import numpy as np
import re2
from numpy.typing import NDArray

from holdfast.pure.normalisation import fold
from holdfast.screening.rules import limits
from holdfast.screening.rules.phrases import (
    Phrase,
    PhraseError,
    WordsBank,
    compile_phrase,
    literal_pattern,
    raw_literal_pattern,
)

Kind = Literal["words", "phrases", "regex", "url", "hash", "media"]
Scope = Literal["text", "sentence", "before", "overlap"]

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_MEDIA_HASH: Final = re.compile(r"(?:sha256|pdq):[0-9a-f]{64}")
_PDQ: Final = "pdq:"


class BankSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[banks.NAME]` table of a rule file."""

    kind: Kind
    entries: list[str]
    about: str = ""
    negative: bool = False
    scope: Scope = "sentence"
    trigger: bool = False
    human_made_by: str = ""


class Problem(NamedTuple):
    """Something in a rule file that was skipped, and why. `where` names the bank, rule or field."""

    file: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.what}"


class Bank(NamedTuple):
    """A compiled bank. `pattern` is over folded text for regex banks, over matchable text for words and
    phrases, None for url, hash and media banks."""

    name: str
    source: BankSource
    pattern: Any
    triggers: frozenset[str]
    trigger_patterns: tuple[str, ...]
    words: frozenset[str]
    keys: frozenset[str]

    @property
    def scope(self) -> Scope:
        """Where a hit of this negative bank protects."""
        return self.source.scope


def compile_pattern(pattern: str) -> Any:
    """Compile for RE2, the linear-time engine. Raises PhraseError when RE2 cannot take it."""
    options = re2.Options()
    options.max_mem = limits.RE2_MEMORY_BYTES
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        detail = error.args[0] if error.args else ""
        text = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
        raise PhraseError(f"not a linear-time (RE2) expression: {text}") from None
    if compiled.programsize > limits.MAX_PROGRAM_SIZE:
        raise PhraseError(f"compiles to more than {limits.MAX_PROGRAM_SIZE} steps; make it smaller")
    return compiled


def compile_bank(
    name: str, source: BankSource, slots: Mapping[str, WordsBank], file: str, problems: list[Problem]
) -> Bank | None:
    """Compile one bank; entries that cannot be used are added to `problems` and left out."""
    where = f"banks.{name}"
    bound = limits.MAX_PHRASE_ENTRIES if source.kind in ("phrases", "regex") else limits.MAX_BANK_ENTRIES
    entries: Sequence[str] = source.entries
    if len(entries) > bound:
        problems.append(Problem(file, where, f"more than {bound} entries; the rest is skipped"))
        entries = entries[:bound]
    patterns: list[str] = []
    triggers: set[str] = set()
    words: set[str] = set()
    keys: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        try:
            if source.kind in ("url", "hash", "media"):
                keys.add(_key(source.kind, entry))
                continue
            phrase = _phrase(source.kind, entry, slots)
        except PhraseError as error:
            problems.append(Problem(file, f"{where} entry {number}", f"{error}: {entry[:80]!r}"))
            continue
        patterns.append(phrase.pattern)
        triggers.update(phrase.triggers)
        words.update(phrase.words)
    if not patterns and not keys:
        problems.append(Problem(file, where, "has no usable entry"))
        return None
    pattern = None
    if patterns:
        try:
            pattern = compile_pattern("|".join(f"(?:{one})" for one in patterns))
        except PhraseError as error:
            problems.append(Problem(file, where, str(error)))
            return None
    raw = tuple(patterns) if source.kind == "regex" else ()
    return Bank(name, source, pattern, frozenset(triggers), raw, frozenset(words), frozenset(keys))


def _phrase(kind: Kind, entry: str, slots: Mapping[str, WordsBank]) -> Phrase:
    if kind == "regex":
        if len(entry) > limits.MAX_REGEX_CHARACTERS:
            raise PhraseError(f"longer than {limits.MAX_REGEX_CHARACTERS} characters")
        if compile_pattern(entry).search("") is not None:
            raise PhraseError("matches the empty text")
        return Phrase(entry, (), ())
    if kind == "phrases":
        phrase = compile_phrase(entry, slots)
        compile_pattern(phrase.pattern)
        return phrase
    literal = " ".join(fold(entry).split())
    pattern = literal_pattern(literal)
    return Phrase(rf"\b{pattern}\b", (literal,), tuple(re.findall(r"[a-z]+", literal)))


def _key(kind: Kind, entry: str) -> str:
    if kind == "hash":
        if not _HASH.fullmatch(entry):
            raise PhraseError("not a lower-case hexadecimal SHA-256")
        return entry
    if kind == "media":
        if not _MEDIA_HASH.fullmatch(entry):
            raise PhraseError("not sha256: or pdq: with 64 lower-case hexadecimal digits")
        return entry
    key = url_keys(entry)
    if not key:
        raise PhraseError("not a domain or address")
    return key[0]


def url_keys(address: str) -> list[str]:
    """What a url bank is asked for: the whole address without scheme, its folders, its host, parent domains."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        host = (parts.hostname or "").strip(".")
    except ValueError:
        return []
    host = host.removeprefix("www.")
    if not host or ("." not in host and host != "localhost"):
        return []
    keys = []
    path = parts.path.rstrip("/")
    while path:
        keys.append(host + path)
        path = path.rpartition("/")[0]
    labels = host.split(".")
    keys.extend(".".join(labels[at:]) for at in range(max(1, len(labels) - 1)))
    return keys


def hash_key(canonical_text: str) -> str:
    """SHA-256 of the canonical text, as a hash bank holds it."""
    return hashlib.sha256(canonical_text.encode("utf-8", "surrogatepass")).hexdigest()


def media_hit(bank: Bank, hashes: Sequence[str]) -> bool:
    """Whether a media bank knows one of these uploads: the very file, or a picture that looks the same (PDQ)."""
    if not bank.keys.isdisjoint(hashes):
        return True
    asked = [one for one in hashes if one.startswith(_PDQ)]
    known = _pictures(bank.keys) if asked else None
    if known is None or not len(known):
        return False
    return any(
        int(np.bitwise_count(known ^ _bits([one])).sum(axis=1).min()) <= limits.PDQ_DISTANCE for one in asked
    )


@lru_cache(maxsize=limits.MAX_BANKS)
def _pictures(keys: frozenset[str]) -> NDArray[np.uint64]:
    return _bits([key for key in keys if key.startswith(_PDQ)])


def _bits(hashes: Sequence[str]) -> NDArray[np.uint64]:
    """(hashes, 4): 256 bits each."""
    raw = bytes.fromhex("".join(one.removeprefix(_PDQ) for one in hashes))
    return np.frombuffer(raw, np.uint64).reshape(-1, 4)


def trigger_pattern(banks: Iterable[Bank], extra: Sequence[str]) -> Any:
    """One pattern that is found in every folded text in which one of the banks can hit."""
    literals = sorted(
        {literal for bank in banks for literal in bank.triggers}, key=lambda word: (-len(word), word)
    )
    parts = [rf"\b(?:{'|'.join(map(raw_literal_pattern, literals))})\b"] if literals else []
    parts.extend(f"(?:{pattern})" for bank in banks for pattern in bank.trigger_patterns)
    parts.extend(extra)
    return compile_pattern("|".join(parts)) if parts else None
