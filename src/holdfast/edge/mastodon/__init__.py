"""The Mastodon client API dialect."""

from .accounts import routes as accounts
from .apps import routes as apps
from .discovery import routes as discovery
from .emojis import routes as emojis
from .images import routes as images
from .instance import routes as instance
from .markers import routes as markers
from .notifications import routes as notifications
from .oauth import routes as oauth
from .profile import routes as profile
from .reactions import routes as reactions
from .relations import routes as relations
from .search import routes as search
from .sign_up import routes as sign_up
from .statuses import routes as statuses
from .tags import routes as tags
from .timelines import routes as timelines
from .unavailable import routes as unavailable

TABLES = (
    accounts, apps, discovery, emojis, images, instance, markers, notifications, oauth, profile, reactions, relations, search, sign_up,
    statuses, tags, timelines, unavailable,
)  # fmt: skip
