"""Credentials: passwords, signing in, and links that stand in for a password once."""

from .admit import admit
from .change_password import change_password
from .check_password import check_password
from .errors import (
    AccountNotOpen,
    CodeRefused,
    CodeRequired,
    LinkNotGood,
    PasswordNotAllowed,
    SignInRefused,
)
from .make_one_time_link import make_one_time_link
from .model import LinkView, PasswordLimits, Proof, Purpose, password_problem
from .queries import check_new_password, login_key, look_up_link
from .sign_in import sign_in
from .store import purge_expired_links
from .use_one_time_link import use_one_time_link

__all__ = [
    "AccountNotOpen", "CodeRefused", "CodeRequired", "LinkNotGood", "LinkView", "PasswordLimits",
    "PasswordNotAllowed", "Proof", "Purpose", "SignInRefused", "admit", "change_password", "check_new_password",
    "check_password", "login_key", "look_up_link", "make_one_time_link", "password_problem", "purge_expired_links", "sign_in", "use_one_time_link",
]  # fmt: skip
