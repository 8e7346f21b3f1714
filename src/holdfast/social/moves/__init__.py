"""Moves: other accounts of the same person, and followers that are taken along to one of them."""

from .add_alias import add_alias
from .cancel_move import cancel_move
from .errors import AliasNotAllowed, MoveNotAllowed
from .events import AccountMoved
from .jobs import move_followers
from .move import move_account
from .queries import aliases_of, move_of
from .remove_alias import remove_alias

__all__ = [
    "AccountMoved", "AliasNotAllowed", "MoveNotAllowed", "add_alias", "aliases_of", "cancel_move", "move_account",
    "move_followers", "move_of", "remove_alias",
]  # fmt: skip
