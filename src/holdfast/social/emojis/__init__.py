"""Custom emoji: small pictures that members name by a shortcode, put in by those who run the place."""

from .add import add_emoji
from .errors import EmojiInvalid, EmojiNotVisible
from .model import NO_EMOJIS, Emoji, EmojiSet
from .queries import all_emojis, emoji_file
from .reader import EmojiReader
from .remove import remove_emoji

__all__ = [
    "NO_EMOJIS", "Emoji", "EmojiInvalid", "EmojiNotVisible", "EmojiReader", "EmojiSet", "add_emoji", "all_emojis", "emoji_file",
    "remove_emoji",
]  # fmt: skip
