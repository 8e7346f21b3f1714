"""Texts with gaps: what members are told, in several languages, and the check that no gap is left open."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from ...platform.clock import Instant
from ...pure.markup import clean_text
from .errors import PlaceholderLeft, TemplateNotAllowed

BODY_CHARACTERS = 5000
VALUE_CHARACTERS = 2000
TITLE_CHARACTERS = 120
VARIABLES_MOST = 20
_IDENT = re.compile(r"[a-z][a-z0-9-]{1,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_GAP = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}")
# What people leave in a text to come back to: it must not reach a member either.
_LEFT = re.compile(r"\{\{|\}\}|#{3,}|\[\.\.\.\]|\bTODO\b|\bXXX\b")


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is published. A gap is `{{ name }}`; every one must be named in `variables`, and each of them be filled in.

    texts: language -> text. `title`: for the team alone.
    """

    id: str
    title: str
    texts: Mapping[str, str]
    variables: tuple[str, ...] = ()
    policy: str = ""


class TemplateVersion(msgspec.Struct, frozen=True):
    """One version. `published_at` None: it came with this program."""

    version: int
    template: Template
    published_at: Instant | None = None
    published_by: int | None = None

    @property
    def reference(self) -> str:
        """`id@version`."""
        return f"{self.template.id}@{self.version}"


def check(template: Template) -> None:
    """Raises TemplateNotAllowed."""
    if not _IDENT.fullmatch(template.id):
        raise TemplateNotAllowed("id must be 2 to 40 small letters, digits and hyphens, a letter first")
    if not 0 < len(template.title.strip()) <= TITLE_CHARACTERS:
        raise TemplateNotAllowed(f"title must have 1 to {TITLE_CHARACTERS} characters")
    if not template.texts:
        raise TemplateNotAllowed("texts must hold at least one language")
    if len(template.variables) > VARIABLES_MOST:
        raise TemplateNotAllowed(f"variables must not be more than {VARIABLES_MOST}")
    for language, text in template.texts.items():
        if not _LANGUAGE.fullmatch(language):
            raise TemplateNotAllowed(f"texts.{language[:20]}: a language is an ISO 639 code such as en")
        if not 0 < len(text.strip()) <= BODY_CHARACTERS:
            raise TemplateNotAllowed(f"texts.{language} must have 1 to {BODY_CHARACTERS} characters")
        gaps = set(_GAP.findall(text))
        if unknown := gaps - set(template.variables):
            raise TemplateNotAllowed(
                f"texts.{language} has gaps that variables does not name: {', '.join(sorted(unknown))}"
            )
        if unused := set(template.variables) - gaps:
            raise TemplateNotAllowed(f"texts.{language} has no gap for: {', '.join(sorted(unused))}")
        if _LEFT.search(_GAP.sub("", text)):
            raise TemplateNotAllowed(
                f"texts.{language} holds something unfinished, such as ### or a brace too many"
            )


def fill(template: Template, values: Mapping[str, str], *, language: str) -> str:
    """The text in a language (else English, else the first), with every gap filled. Raises PlaceholderLeft."""
    missing = [name for name in template.variables if not values.get(name, "").strip()]
    if missing:
        raise PlaceholderLeft(
            f"fill in {', '.join(missing)}",
            details={name: [("ERR_BLANK", "has to be filled in")] for name in missing},
        )
    if any(len(values[name]) > VALUE_CHARACTERS for name in template.variables):
        raise PlaceholderLeft(f"what fills a gap must not have more than {VALUE_CHARACTERS} characters")
    wanted = language.partition("-")[0].lower()
    text = template.texts.get(wanted) or template.texts.get("en") or next(iter(template.texts.values()))
    for name in template.variables:
        check_finished(values[name])
    return _GAP.sub(lambda match: clean_text(values[match[1]]).strip(), text)


def check_finished(text: str) -> None:
    """Raises PlaceholderLeft for a text with something left to be filled in."""
    if match := _LEFT.search(text):
        raise PlaceholderLeft(f"the text still holds {match[0]!r}, which looks unfinished; nothing was sent")
