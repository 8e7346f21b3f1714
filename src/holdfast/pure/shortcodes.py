"""Shortcodes of custom emoji in texts: `:blob:`, two or more letters, digits and underscores between colons.

One counts where neither a letter, a digit nor another colon touches it, so that times and addresses hold none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

SHORTCODE_CHARACTERS: Final = 50
"""The longest shortcode."""

_SHORTCODE = re.compile(rf"[A-Za-z0-9_]{{2,{SHORTCODE_CHARACTERS}}}")
_NAMED = re.compile(r"(?<![^\W_]|:):(" + _SHORTCODE.pattern + r"):(?![^\W_]|:)")
# What our own HTML is made of: a tag, in whose attributes nothing is replaced, or what stands between two.
_PIECES = re.compile(r"<[^>]*>|[^<]+")


def is_shortcode(name: str) -> bool:
    """Whether an emoji may be called so."""
    return _SHORTCODE.fullmatch(name) is not None


def shortcodes_in(texts: Iterable[str]) -> list[str]:
    """Every shortcode that the texts name, once, in the order of their first use."""
    return list(dict.fromkeys(name for text in texts if ":" in text for name in _NAMED.findall(text)))


def replace_shortcodes(html: str, picture: Callable[[str], str | None]) -> str:
    """HTML of our own making with `picture(shortcode)` in place of each `:shortcode:` outside of tags; None leaves it.

    Every `<` and `>` in it must be a tag's, as in all that `pure/markup.py` and escaping make.
    """
    if ":" not in html:
        return html

    def shown(match: re.Match[str]) -> str:
        made = picture(match[1])
        return match[0] if made is None else made

    return "".join(
        piece if piece.startswith("<") else _NAMED.sub(shown, piece) for piece in _PIECES.findall(html)
    )
