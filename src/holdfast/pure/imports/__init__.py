"""Read what people and communities bring along from elsewhere: bytes to lines, lines to rows, rows to facts."""

from holdfast.pure.imports.generic import parse_generic_row
from holdfast.pure.imports.lines import Line, LineSplitter, OversizedLine, TruncatedLine, split_lines
from holdfast.pure.imports.mastodon import parse_mastodon_activity
from holdfast.pure.imports.model import ImportedPost, ImportedRow, ImportedUser, RowInvalid
from holdfast.pure.imports.parler import parse_parler_row
from holdfast.pure.imports.rows import decode_row
from holdfast.pure.imports.twitter import parse_tweet

__all__ = [
    "ImportedPost",
    "ImportedRow",
    "ImportedUser",
    "Line",
    "LineSplitter",
    "OversizedLine",
    "RowInvalid",
    "TruncatedLine",
    "decode_row",
    "parse_generic_row",
    "parse_mastodon_activity",
    "parse_parler_row",
    "parse_tweet",
    "split_lines",
]
