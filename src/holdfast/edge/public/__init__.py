"""Server-rendered pages: handsome, and whole without any script."""

from .authorize import routes as authorize
from .not_found import not_found
from .one_time_links import routes as one_time_links
from .settings import routes as settings
from .sign_in import routes as sign_in
from .sign_up import routes as sign_up
from .static_files import routes as static_files
from .two_factor import routes as two_factor

TABLES = (authorize, one_time_links, settings, sign_in, sign_up, static_files, two_factor)

__all__ = ["TABLES", "not_found"]
