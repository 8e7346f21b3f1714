"""What would be sent: composed from the outcomes, in the sender's language, for somebody to read before it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...platform.db import Database
from ...pure.notice_answers import (
    AnsweredMail,
    AnswerKind,
    answer_language,
    compose,
    missing_gaps,
)
from ...pure.notices import NoticeState
from ..staff_actions import Staff
from ..templates import TemplateVersion, newest_template
from .facts import Place, Whole, answered_mail, facts_for, recipient_of, whole_notice
from .model import Draft, digest_of, kind_for
from .queries import saved_notes


class Prepared(NamedTuple):
    """A draft, and what its sending needs. version and state: of the notice, which must be the same when it goes."""

    draft: Draft
    version: int
    state: NoticeState
    reference: str
    answered: AnsweredMail


async def prepare(
    database: Database, staff: Staff, notice_id: int, *, place: Place, kind: AnswerKind | None = None, language: str = "",
    notes: Mapping[str, str] | None = None,
) -> Prepared:  # fmt: skip
    """The answer as it stands. kind None: the one that fits the outcomes; language "": the sender's. notes: what a person
    wrote, by gap; those saved with `save_notes` where None.

    Raises NoticeNotThere, AnswerIncomplete for notes that no gap is for, AnswerTemplateLacks.
    """
    whole = await whole_notice(database, staff, notice_id)
    answered, asked_for = await answered_mail(database, whole)
    chosen = kind or suggested(whole)
    template = await newest_template(database, chosen.template_id)
    if notes is None:
        notes = await saved_notes(database, notice_id, chosen)
    to = recipient_of(whole, asked_for) if place.sender else ("", "this server sends no mail")
    draft = composed(whole, place, chosen, template, language=language, notes=notes, to=to)
    notice = whole.notice
    return Prepared(draft, notice.version, notice.state, notice.reference, answered)


async def draft(
    database: Database, staff: Staff, notice_id: int, *, place: Place, kind: AnswerKind | None = None, language: str = "",
    notes: Mapping[str, str] | None = None,
) -> Draft:  # fmt: skip
    """The answer as it would go out now, for somebody to read. As `prepare`."""
    prepared = await prepare(
        database, staff, notice_id, place=place, kind=kind, language=language, notes=notes
    )
    return prepared.draft


def suggested(whole: Whole) -> AnswerKind:
    """The kind of answer that fits what was decided."""
    found = [one.outcome for one in whole.items if one.outcome is not None]
    if whole.notice.whole is not None and not found:
        found = [whole.notice.whole]
    return kind_for(whole.notice.preset, found, has_items=bool(whole.items))


def composed(
    whole: Whole, place: Place, kind: AnswerKind, template: TemplateVersion, *, language: str, notes: Mapping[str, str],
    to: tuple[str, str],
) -> Draft:  # fmt: skip
    """The draft of these facts. Pure. to: the address, or "" and why there is none."""
    language = answer_language(language or whole.notice.language)
    facts = facts_for(whole, place, language, notes)
    said = compose(kind, facts, template.template.texts, language, unfinished=True)
    recipient, why = to
    return Draft(
        whole.notice.id, kind, language, template.reference, said.subject, said.text,
        digest_of(kind, language, said.subject, said.text, recipient), tuple(missing_gaps(kind, facts)), dict(notes),
        recipient, why,
    )  # fmt: skip
