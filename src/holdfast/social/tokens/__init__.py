"""Tokens: apps, what members let them do, and who a token stands for."""

from .end import end_tokens
from .errors import AppNotAllowed, LoginPending
from .exchange_code import exchange_code
from .issue_code import issue_code
from .issue_token import issue_token
from .model import (
    DEFAULT_SCOPE,
    OUT_OF_BAND,
    SCOPES,
    App,
    AuthorisedApp,
    IssuedToken,
    NewApp,
    TokenSession,
    allows,
    covers_all,
    parse_scopes,
    redirect_uri_problem,
    valid_challenge,
    verifier_matches,
)
from .queries import TokenReader, authenticate_app, authorised_apps, find_app, find_token, get_app
from .register_app import register_app
from .store import purge_expired_codes

__all__ = [
    "DEFAULT_SCOPE", "OUT_OF_BAND", "SCOPES", "App", "AppNotAllowed", "AuthorisedApp", "IssuedToken", "LoginPending",
    "NewApp", "TokenReader", "TokenSession", "allows", "authenticate_app", "authorised_apps", "covers_all",
    "end_tokens", "exchange_code", "find_app", "find_token", "get_app", "issue_code", "issue_token", "parse_scopes",
    "purge_expired_codes", "redirect_uri_problem", "register_app", "valid_challenge",
    "verifier_matches",
]  # fmt: skip
