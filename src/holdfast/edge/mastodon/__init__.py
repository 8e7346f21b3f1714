"""The Mastodon client API dialect."""

from .accounts import routes as accounts
from .admin_accounts import routes as admin_accounts
from .admin_figures import routes as admin_figures
from .admin_mail import routes as admin_mail
from .admin_networks import routes as admin_networks
from .admin_reports import routes as admin_reports
from .admin_servers import routes as admin_servers
from .admin_trends import routes as admin_trends
from .announcements import routes as announcements
from .apps import routes as apps
from .conversations import routes as conversations
from .discovery import routes as discovery
from .emojis import routes as emojis
from .endorsements import routes as endorsements
from .filters import routes as filters
from .filters_v1 import routes as filters_v1
from .grouped_notifications import routes as grouped_notifications
from .images import routes as images
from .instance import routes as instance
from .link_timeline import routes as link_timeline
from .lists import routes as lists
from .markers import routes as markers
from .media import routes as media
from .notification_policy import routes as notification_policy
from .notifications import routes as notifications
from .oauth import routes as oauth
from .oembed import routes as oembed
from .profile import routes as profile
from .push import routes as push
from .quotes import routes as quotes
from .reactions import routes as reactions
from .relations import routes as relations
from .reports import routes as reports
from .scheduled import routes as scheduled
from .search import routes as search
from .sign_up import routes as sign_up
from .statuses import routes as statuses
from .streaming import routes as streaming
from .suggestions import routes as suggestions
from .tags import routes as tags
from .timelines import routes as timelines
from .trends import routes as trends

TABLES = (
    link_timeline, oembed,
    accounts, admin_accounts, admin_figures, admin_mail, admin_networks, admin_reports, admin_servers, reports, apps, conversations, discovery, emojis, endorsements, filters, filters_v1, images, instance, lists, markers, media, grouped_notifications, notification_policy, notifications, push, oauth, profile, quotes, reactions, relations, scheduled, search, sign_up,
    statuses, streaming, tags, timelines, admin_trends, announcements, suggestions, trends,
)  # fmt: skip
