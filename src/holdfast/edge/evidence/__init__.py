"""The evidence ledger over HTTP: its files as the C2SP formats name them, and proofs and openings as our own API."""

from .api import routes as api
from .confirmed import routes as confirmed
from .files import routes as files

TABLES = (api, confirmed, files)

__all__ = ["TABLES"]
