"""Sessions: browsers that are signed in, until when, and their end."""

from .end import end_session
from .end_all import end_all_sessions
from .model import BrowserSession, Device, SessionLimits, SessionRow
from .queries import list_sessions
from .reader import SessionReader
from .start import start_session
from .store import purge_expired_sessions

__all__ = [
    "BrowserSession", "Device", "SessionLimits", "SessionReader", "SessionRow", "end_all_sessions", "end_session",
    "list_sessions", "purge_expired_sessions", "start_session",
]  # fmt: skip
