"""Copies: which posts say, show or point to the same, so that they are decided once."""

from .carrying import Carrier, carriers
from .model import Content, JoinedAs, Match
from .queries import KNOWN_DAYS, contents, find_match, says_still, suspects

__all__ = [
    "KNOWN_DAYS", "Carrier", "Content", "JoinedAs", "Match", "carriers", "contents", "find_match", "says_still", "suspects",
]  # fmt: skip
