"""The two networks of the local model at work, and the text as they read it."""

from holdfast.screening.tiers.errors import ModelUnusable
from holdfast.screening.tiers.features import hashed, normalised
from holdfast.screening.tiers.ngrams import NgramModel, pack
from holdfast.screening.tiers.text import Reader, View
from holdfast.screening.tiers.transformer import Read, TransformerModel
from holdfast.screening.tiers.wordpiece import MAX_WORD_CHARACTERS, SPECIALS, WordPiece, words_of

__all__ = [
    "MAX_WORD_CHARACTERS",
    "SPECIALS",
    "ModelUnusable",
    "NgramModel",
    "Read",
    "Reader",
    "TransformerModel",
    "View",
    "WordPiece",
    "hashed",
    "normalised",
    "pack",
    "words_of",
]
