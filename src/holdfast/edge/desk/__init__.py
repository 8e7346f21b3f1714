"""The desk's dialect: /api/holdfast/v1, for the app's desk, for scripts, and for whoever builds another desk.

One file for each group of routes; `TABLES` are mounted by main/asgi.py. Every route here asks for a permission of the
staff's role, but for what a file says is for members. Ids are those of the Mastodon dialect.
"""

from .answers import routes as answers
from .appeals import routes as appeals
from .backlog import routes as backlog
from .breaker import routes as breaker
from .bulk import routes as bulk
from .bundles import routes as bundles
from .cases import routes as cases
from .claims import routes as claims
from .decisions import routes as decisions
from .holds import routes as holds
from .log import routes as log
from .notice_steps import routes as notice_steps
from .notice_work import routes as notice_work
from .notices import routes as notices
from .owners import routes as owners
from .policies import routes as policies
from .quality import routes as quality
from .queues import routes as queues
from .reporters import routes as reporters
from .reviewers import routes as reviewers
from .routes import API, ScopedAccess, staff_of
from .rules import routes as rules
from .statements import routes as statements
from .team import routes as team
from .templates import routes as templates
from .transparency import routes as transparency

TABLES = (
    answers,
    appeals,
    backlog,
    breaker,
    bulk,
    bundles,
    cases,
    claims,
    decisions,
    holds,
    log,
    notice_steps,
    notice_work,
    notices,
    owners,
    policies,
    quality,
    queues,
    reporters,
    reviewers,
    rules,
    statements,
    team,
    templates,
    transparency,
)

__all__ = ["API", "TABLES", "ScopedAccess", "staff_of"]
