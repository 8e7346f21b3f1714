"""Uploads: read, stored, attached to posts, served for as long as what has them."""

from .add import add_media
from .describe import describe_media
from .discard import discard_media
from .errors import (
    MediaAttached,
    MediaFailed,
    MediaNotAttachable,
    MediaNotTaken,
    MediaNotVisible,
    QuotaSpent,
)
from .events import MediaTaken
from .finish import finish_media
from .model import (
    PREVIEW_PIXELS,
    SERVED_TYPES,
    FileOfMedia,
    Measures,
    MediaKind,
    MediaLimits,
    MediaState,
    MediaView,
    Meta,
    OwnMedia,
    Purpose,
    Role,
    TakenMedia,
    check_attachable,
    cleaned_description,
    extension_of,
    hash_facts,
    read_focus,
)
from .queries import (
    ServedFile,
    file_named,
    hashes_of,
    media_views,
    one_own_media,
    own_media,
    scheduled_media,
    still_waiting,
    stored_files,
    views_of,
    waiting_media,
)
from .set_picture import set_picture
from .store import (
    attach_media,
    delete_released,
    forget_orphans,
    fresh_name,
    give_to_scheduled,
    release_post,
    release_scheduled,
    take_unused_blobs,
    touch_blobs,
)
from .take import Intake, take_upload

__all__ = [
    "PREVIEW_PIXELS", "SERVED_TYPES",
    "FileOfMedia", "Intake", "Measures", "MediaAttached", "MediaFailed", "MediaKind", "MediaLimits",
    "MediaNotAttachable", "MediaNotTaken", "MediaNotVisible", "MediaState", "MediaTaken", "MediaView", "Meta",
    "OwnMedia", "Purpose", "QuotaSpent", "Role", "ServedFile", "TakenMedia",
    "add_media", "attach_media", "check_attachable", "cleaned_description", "delete_released", "describe_media", "extension_of", "discard_media",
    "file_named", "finish_media", "forget_orphans", "fresh_name", "give_to_scheduled", "hash_facts", "hashes_of", "media_views", "one_own_media",
    "own_media", "read_focus", "release_post", "release_scheduled", "scheduled_media", "set_picture", "still_waiting", "stored_files", "take_unused_blobs",
    "take_upload", "touch_blobs", "views_of", "waiting_media",
]  # fmt: skip
