"""Settings of what the staff does: reports, the moderation desk, notices."""

from .notice_answers import NoticeAnswerSettings

__all__ = ["NoticeAnswerSettings"]
