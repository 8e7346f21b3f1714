"""Objects of the mirror beside the database: media, lists of media, kits, relaunch notices (ADR 0039).

    media/AB/REST[.NNNNN]         a file that members gave, in parts; named by a keyed hash
    media-list/EPOCH/SEQUENCE     every file that should be there
    kit/EPOCH/SEQUENCE            the sealed part of the evacuation kit
    relaunch.json                 the newest relaunch notice, as it is; relaunch/SEQUENCE each of them

The first three have the form of `pure/mirror`'s objects: a signed head, a sealed body.
"""

from .kits import KIT, KitHead, encode_kit, open_kit_head, parse_kit_name, peek_kit
from .media import (
    MAX_PARTS,
    MEDIA,
    MEDIA_LIST,
    PART_BYTES,
    ListedFile,
    MediaList,
    MediaPart,
    encode_listed,
    encode_media_list,
    encode_part,
    listed_files,
    media_name,
    media_root,
    open_media_list,
    open_part,
    part_object,
)
from .notices import NEWEST_NOTICE, notice_object

__all__ = [
    "KIT", "KitHead", "ListedFile", "MAX_PARTS", "MEDIA", "MEDIA_LIST", "MediaList", "MediaPart", "NEWEST_NOTICE",
    "PART_BYTES", "encode_kit", "encode_listed", "encode_media_list", "encode_part", "listed_files", "media_name",
    "media_root", "notice_object", "open_kit_head", "open_media_list", "open_part", "parse_kit_name", "part_object",
    "peek_kit",
]  # fmt: skip
