"""A warm second site from the stores alone, and its promotion.

standby = Standby(request, mirrors, clock=clock, progress=progress)
await standby.start(); await standby.follow(told); done = await standby.promote()
"""

from .follow import POLL_SECONDS, PrimaryMoved, Standby, StandbyState, ask_promotion

__all__ = ["POLL_SECONDS", "PrimaryMoved", "Standby", "StandbyState", "ask_promotion"]
