"""Second factors: codes from an authenticator app, and recovery codes for the day it is lost."""

from .check import check_second_factor
from .disable import disable_totp
from .enable import enable_totp
from .errors import CodeNotRight, FactorAlreadySet
from .model import RECOVERY_CODES
from .renew_recovery_codes import renew_recovery_codes
from .store import has_second_factor, recovery_codes_left

__all__ = [
    "RECOVERY_CODES", "CodeNotRight", "FactorAlreadySet", "check_second_factor", "disable_totp", "enable_totp",
    "has_second_factor", "recovery_codes_left", "renew_recovery_codes",
]  # fmt: skip
