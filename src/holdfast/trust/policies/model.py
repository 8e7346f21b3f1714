"""What a policy is: a document with versions, in several languages, that decisions refer to as `id@version`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, TypeVar

import msgspec

from ...platform.clock import Instant
from .errors import PolicyNotAllowed

Lane = Literal["P0", "P1", "P2", "P3", "P4"]
T = TypeVar("T")

TITLE_CHARACTERS = 120
BODY_CHARACTERS = 10_000
GROUND_CHARACTERS = 500
EXPLANATION_CHARACTERS = 2000
"""The last two are the transparency database's: what a statement of reasons copies from here must fit there."""
EXAMPLES_MOST = 20
SEVERITY_MOST = 100
_IDENT = re.compile(r"[a-z][a-z0-9-]{1,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_REFERENCE = re.compile(r"([a-z][a-z0-9-]{1,39})@([1-9][0-9]{0,8})")


class Category(StrEnum):
    """The sixteen categories of the transparency database of the Digital Services Act."""

    ANIMAL_WELFARE = "STATEMENT_CATEGORY_ANIMAL_WELFARE"
    CONSUMER_INFORMATION = "STATEMENT_CATEGORY_CONSUMER_INFORMATION"
    CYBER_VIOLENCE = "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    CYBER_VIOLENCE_AGAINST_WOMEN = "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN"
    DATA_PROTECTION = "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS"
    ILLEGAL_OR_HARMFUL_SPEECH = "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"
    INTELLECTUAL_PROPERTY = "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"
    CIVIC_DISCOURSE = "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"
    NOT_SPECIFIED_NOTICE = "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE"
    OTHER_VIOLATION = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
    MINORS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"
    PUBLIC_SECURITY = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"
    SCAMS = "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
    SELF_HARM = "STATEMENT_CATEGORY_SELF_HARM"
    UNSAFE_PRODUCTS = "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS"
    VIOLENCE = "STATEMENT_CATEGORY_VIOLENCE"


class Basis(StrEnum):
    """What a decision under the policy rests on: what the law forbids, or what the terms of this server do."""

    LAW = "law"
    TERMS = "terms"


class PolicyText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The policy in one language. `examples`: what it covers; `counterexamples`: what it does not, though it looks so."""

    title: str
    body: str
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()


class PolicyDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is published.

    severity: 0..100, the harm that a case under it starts from. ground: the law or the part of the terms it rests on;
    explanation: why what it covers breaks that. `keywords`: of the transparency database. `rules` and `heads`: screening
    rules (`threat.*` means all that begin so) and outputs of the model that are about it.
    """

    id: str
    category: Category
    basis: Basis
    lane: Lane
    severity: int
    ground: Mapping[str, str]
    explanation: Mapping[str, str]
    texts: Mapping[str, PolicyText]
    ground_url: str = ""
    keywords: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()


class Policy(msgspec.Struct, frozen=True):
    """One version. `published_at` None: it came with this program and was not published here yet. `record_id`: its leaf
    of the ledger."""

    version: int
    document: PolicyDocument
    effective_from: Instant | None = None
    published_at: Instant | None = None
    published_by: int | None = None
    record_id: str | None = None

    @property
    def id(self) -> str:
        """The name that every version has."""
        return self.document.id

    @property
    def reference(self) -> str:
        """`id@version`, as decisions name it."""
        return reference_of(self.document.id, self.version)

    def text(self, language: str) -> PolicyText:
        """In this language, else in English, else in the first there is."""
        return in_language(self.document.texts, language)


def in_language(texts: Mapping[str, T], language: str) -> T:
    """The entry of a language such as `fr` or `fr-CA`, else the English one, else the first."""
    wanted = language.partition("-")[0].lower()
    return texts.get(wanted) or texts.get("en") or next(iter(texts.values()))


def reference_of(ident: str, version: int) -> str:
    """`id@version`."""
    return f"{ident}@{version}"


def read_reference(written: str) -> tuple[str, int]:
    """The id and the version of `id@version`. Raises PolicyNotAllowed."""
    match = _REFERENCE.fullmatch(written.strip())
    if match is None:
        raise PolicyNotAllowed(f"{written[:60]!r} is no policy with its version, such as threats@2")
    return match[1], int(match[2])


def check(document: PolicyDocument) -> None:
    """Raises PolicyNotAllowed, naming the part."""
    if not _IDENT.fullmatch(document.id):
        raise PolicyNotAllowed("id must be 2 to 40 small letters, digits and hyphens, a letter first")
    if not 0 <= document.severity <= SEVERITY_MOST:
        raise PolicyNotAllowed(f"severity must lie between 0 and {SEVERITY_MOST}")
    if not document.texts:
        raise PolicyNotAllowed("texts must hold at least one language")
    for name, per_language, most in (
        ("ground", document.ground, GROUND_CHARACTERS),
        ("explanation", document.explanation, EXPLANATION_CHARACTERS),
    ):
        if set(per_language) != set(document.texts):
            raise PolicyNotAllowed(
                f"{name} must be given in the languages of texts: {', '.join(document.texts)}"
            )
        for language, text in per_language.items():
            if not len(text.strip()) > 0 or len(text) > most:
                raise PolicyNotAllowed(f"{name}.{language} must have 1 to {most} characters")
    for language, written in document.texts.items():
        _check_text(language, written)
    if document.ground_url and not document.ground_url.startswith(("https://", "http://")):
        raise PolicyNotAllowed("ground_url must begin with https://")


def _check_text(language: str, text: PolicyText) -> None:
    where = f"texts.{language}"
    if not _LANGUAGE.fullmatch(language):
        raise PolicyNotAllowed(f"{where}: a language is an ISO 639 code such as en")
    if not len(text.title.strip()) > 0 or len(text.title) > TITLE_CHARACTERS:
        raise PolicyNotAllowed(f"{where}.title must have 1 to {TITLE_CHARACTERS} characters")
    if not len(text.body.strip()) > 0 or len(text.body) > BODY_CHARACTERS:
        raise PolicyNotAllowed(f"{where}.body must have 1 to {BODY_CHARACTERS} characters")
    for name, examples in (("examples", text.examples), ("counterexamples", text.counterexamples)):
        if len(examples) > EXAMPLES_MOST:
            raise PolicyNotAllowed(f"{where}.{name} must not be more than {EXAMPLES_MOST}")
        if any(not 0 < len(one.strip()) <= BODY_CHARACTERS for one in examples):
            raise PolicyNotAllowed(f"{where}.{name} holds an empty or too long one")


def covers(document: PolicyDocument, rule_or_head: str) -> bool:
    """Whether a screening rule or an output of the model is about this policy."""
    return rule_or_head in document.heads or any(
        rule_or_head == one or (one.endswith("*") and rule_or_head.startswith(one[:-1]))
        for one in document.rules
    )
