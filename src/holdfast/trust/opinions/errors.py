"""Why nothing is asked about a post.

NotFound     ── NotInQueue         no such post, or none that waits for a person
NotAllowed   ── MayNotBeSent       posts of this visibility do not leave this machine
Conflict     ┬─ AlreadyAnswered    this version of the post has an opinion
             └─ AskedTooOften      this version was tried as often as it may be
LimitReached ── BudgetSpent        says when the budget is whole again
"""

from __future__ import annotations

from ...pure.errors import Conflict, LimitReached, NotAllowed, NotFound


class NotInQueue(NotFound):
    """Deleted, decided, or never flagged or held."""

    public = "The post does not wait for a person: only flagged and held posts can be asked about."


class MayNotBeSent(NotAllowed):
    """The setting `second_opinion_visibilities` keeps it here."""


class AlreadyAnswered(Conflict):
    """There is a usable opinion on what the post says now."""

    public = "There is a second opinion on this version of the post already."


class AskedTooOften(Conflict):
    """Every attempt failed."""

    public = "This version of the post was asked about as often as it may be."


class BudgetSpent(LimitReached):
    """The day's requests or tokens are used up."""

    public = "The budget of this day for second opinions is spent."
