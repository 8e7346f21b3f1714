"""Posts: written, edited, deleted, and shown to those they are for."""

from ..drafts import (
    Composition,
    Draft,
    DraftNotAllowed,
    NewPoll,
    PostLimits,
    QuotePolicy,
    Visibility,
    compose,
    content_of,
)
from .decide import decide_post
from .delete import delete_post
from .edit import edit_post
from .errors import NotYours, ParentNotVisible, PostNotVisible, PostRefused, QuotedNotVisible, RepliesClosed
from .events import (
    PostDeleted,
    PostEdited,
    PostFlagged,
    PostHeld,
    PostHidden,
    PostPublished,
    PostReachChanged,
)
from .model import (
    ADULTS_ONLY,
    NO_MARKS,
    Marks,
    MentionView,
    PollView,
    PostId,
    PostMark,
    PostState,
    PostView,
    Seen,
    SeenQuote,
    Submission,
    all_may_quote,
    may_reply,
    may_see,
    prepare,
    shown_quote,
    viewer_may_quote,
)
from .publish import publish_post
from .queries import (
    HeldPost,
    Version,
    VersionMedia,
    ancestors,
    descendants,
    held_posts,
    load_and_keep,
    load_posts,
    post_of_key,
    versions,
)
from .reader import PostReader
from .rescreen import Rejudged, Rescreened, rescreen_posts
from .store import (
    announce,
    erase_kept,
    forget_gone_posts,
    forget_old_keys,
    label_post,
    mark_post,
    mark_sensitive,
)

__all__ = [
    "ADULTS_ONLY", "PostMark", "PostReachChanged", "RepliesClosed", "label_post", "mark_post", "may_reply",
    "Composition", "Draft", "DraftNotAllowed", "Marks", "MentionView", "NewPoll", "NotYours", "ParentNotVisible",
    "PollView", "PostDeleted", "PostEdited", "PostFlagged", "PostHeld", "PostHidden", "PostId", "PostLimits", "PostNotVisible",
    "PostPublished", "PostReader", "PostRefused", "PostState", "PostView", "QuotePolicy", "QuotedNotVisible", "Seen", "SeenQuote", "shown_quote", "Submission", "Version",
    "Visibility", "ancestors", "announce", "compose", "HeldPost", "decide_post", "delete_post", "held_posts", "descendants", "edit_post", "erase_kept", "forget_gone_posts", "forget_old_keys", "load_and_keep", "load_posts",
    "Rejudged", "Rescreened", "NO_MARKS", "VersionMedia", "all_may_quote", "post_of_key", "content_of", "rescreen_posts",
    "mark_sensitive", "may_see", "prepare", "publish_post", "versions", "viewer_may_quote",
]  # fmt: skip
