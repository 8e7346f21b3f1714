"""Requests: senders whose notifications a member's policy keeps apart, as the member sees them."""

from .reader import RequestReader
from .views import RequestView

__all__ = ["RequestReader", "RequestView"]
