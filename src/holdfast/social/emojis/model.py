"""What a custom emoji is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from ...pure.shortcodes import SHORTCODE_CHARACTERS, is_shortcode, shortcodes_in
from .errors import EmojiInvalid

CATEGORY_CHARACTERS: Final = 50


class Emoji(msgspec.Struct, frozen=True):
    """One emoji. `file`, `still`: names of files; they differ where the picture moves."""

    shortcode: str
    category: str | None
    file: str
    still: str


class EmojiSet(msgspec.Struct, frozen=True):
    """All emoji at one time, by shortcode. `version`: different for every other set; empty when there are none."""

    version: str
    emojis: Mapping[str, Emoji]

    def named_in(self, *texts: str) -> list[Emoji]:
        """Those that the texts name, in the order of their first use."""
        if not self.emojis:
            return []
        return [self.emojis[name] for name in shortcodes_in(texts) if name in self.emojis]


NO_EMOJIS: Final = EmojiSet("", {})


def checked_names(shortcode: str, category: str | None) -> tuple[str, str | None]:
    """A shortcode, with or without its colons, and a category as they are kept. Raises EmojiInvalid."""
    shortcode = shortcode.strip().removeprefix(":").removesuffix(":")
    if not is_shortcode(shortcode):
        raise EmojiInvalid(
            f"A shortcode has 2 to {SHORTCODE_CHARACTERS} letters of the English alphabet, digits and underscores"
        )
    category = " ".join((category or "").split()) or None
    if category is not None and (len(category) > CATEGORY_CHARACTERS or not category.isprintable()):
        raise EmojiInvalid(f"A category has at most {CATEGORY_CHARACTERS} characters, all of them visible")
    return shortcode, category
