"""What can be wrong with an answer.

Invalid
├── AnswerIncomplete      something that this kind of answer has to say is missing
├── AnswerTemplateLacks   a template has no gap for something that has to be said
└── AddressNotUsable      nobody can be written to there
"""

from __future__ import annotations

from ..errors import Invalid


class AnswerIncomplete(Invalid):
    """`details` names the gaps."""

    public = "The answer lacks something that it has to say."


class AnswerTemplateLacks(Invalid):
    """Templates are the operator's to change, but not what the law or the host asks for."""

    public = "The template lacks a gap that this kind of answer needs."


class AddressNotUsable(Invalid):
    """Not an address, or more than one."""

    public = "This is no mail address that can be written to."
