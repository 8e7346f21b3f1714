"""Accounts: who is here, what their profile says, and whether they may be seen."""

from .create import NewAccount, create_account
from .edit import edit_profile
from .errors import (
    AccountNotVisible,
    EmailNotAllowed,
    NetworkNotAllowed,
    ProfileNotAllowed,
    RegistrationsClosed,
    UsernameNotAllowed,
    UsernameTaken,
)
from .events import (
    AccountApproved,
    AccountCreated,
    AccountReinstated,
    AccountRejected,
    AccountRestricted,
    AccountSuspended,
)
from .model import (
    ROLES,
    SHOWN_STATES,
    AccountId,
    AccountState,
    AccountView,
    Actor,
    Field,
    Picture,
    Preferences,
    ProfileChange,
    ProfileLimits,
    Restriction,
    canonical_email,
)
from .queries import (
    AccountReader,
    find_by_handle,
    find_handles,
    list_members,
    preferences,
    search_accounts,
    signed_up_by_day,
)
from .reinstate import reinstate_account
from .restrict import restrict_account
from .speak import choose_locale
from .store import delete_pending, set_account_picture, set_role
from .store import set_state as set_account_state
from .suspend import suspend_account

__all__ = [
    "ROLES", "SHOWN_STATES", "AccountApproved", "AccountReinstated", "AccountRejected", "AccountRestricted",
    "NetworkNotAllowed", "Restriction", "delete_pending", "restrict_account", "signed_up_by_day", "AccountCreated", "AccountId", "AccountNotVisible", "AccountReader", "AccountState",
    "AccountSuspended", "AccountView", "Actor", "EmailNotAllowed", "Field", "NewAccount", "Preferences",
    "ProfileChange", "ProfileLimits", "ProfileNotAllowed", "RegistrationsClosed", "UsernameNotAllowed",
    "UsernameTaken", "canonical_email", "choose_locale", "create_account", "edit_profile", "find_by_handle", "find_handles",
    "Picture", "list_members", "preferences", "set_account_picture", "set_account_state", "reinstate_account", "search_accounts", "set_role", "suspend_account",
]  # fmt: skip
