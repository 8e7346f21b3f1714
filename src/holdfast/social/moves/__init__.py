"""Moves: other accounts of the same person, and followers that are taken along to one of them."""

from .aliases import add_alias, remove_alias
from .errors import AliasNotAllowed, MoveNotAllowed
from .events import AccountMoved
from .jobs import move_followers
from .move import cancel_move, move_account
from .queries import aliases_of, move_of

__all__ = [
    "AccountMoved", "AliasNotAllowed", "MoveNotAllowed", "add_alias", "aliases_of", "cancel_move", "move_account",
    "move_followers", "move_of", "remove_alias",
]  # fmt: skip
