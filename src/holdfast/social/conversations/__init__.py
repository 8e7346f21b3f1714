"""Conversations: private mentions, grouped by thread and by who takes part."""

from .dismiss import dismiss_conversation
from .errors import ConversationNotVisible
from .events import ConversationChanged
from .jobs import file_edited_message, file_message, forget_blocked, unfile_deleted, unfile_hidden
from .mark_read import mark_conversation_read
from .model import ConversationView
from .queries import conversations_page, one_conversation

__all__ = [
    "ConversationChanged", "ConversationNotVisible", "ConversationView", "conversations_page", "dismiss_conversation",
    "file_edited_message", "file_message", "forget_blocked", "mark_conversation_read", "one_conversation",
    "unfile_deleted", "unfile_hidden",
]  # fmt: skip
