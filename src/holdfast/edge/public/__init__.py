"""Server-rendered pages: handsome, and whole without any script."""

from .about import routes as about
from .app import is_built as app_is_built
from .app import routes as app
from .app_session import routes as app_session
from .archives import routes as archives
from .authorize import routes as authorize
from .embed import routes as embed
from .feed import routes as feed
from .held import routes as held
from .home import routes as home
from .leaving import routes as leaving
from .ledger import routes as ledger
from .media_files import routes as media_files
from .moving import routes as moving
from .not_found import not_found
from .notice_status import routes as notice_status
from .notices import routes as notices
from .notification_choices import routes as notification_choices
from .one_time_links import routes as one_time_links
from .pages import refusal_page
from .pictures import routes as pictures
from .policies import routes as policies
from .portability import routes as portability
from .post import routes as post
from .profile import routes as profile
from .relaunch import routes as relaunch
from .report import routes as report
from .report_by_anybody import routes as report_by_anybody
from .report_outcome import routes as report_outcome
from .settings import routes as settings
from .sign_in import routes as sign_in
from .sign_up import routes as sign_up
from .statements import routes as statements
from .static_files import routes as static_files
from .tag import routes as tag
from .transparency import routes as transparency
from .two_factor import routes as two_factor

TABLES = (
    about, app, app_session, archives, authorize, embed, feed, held, home, leaving, ledger, media_files, moving, notice_status, notices, notification_choices, one_time_links, policies, portability, pictures, post, profile, relaunch, report, report_by_anybody, report_outcome, settings, sign_in, sign_up, statements, static_files, tag, transparency, two_factor,
)  # fmt: skip

__all__ = ["TABLES", "app_is_built", "not_found", "refusal_page"]
