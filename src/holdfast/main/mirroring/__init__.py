"""The mirror at work beside the shipper: kits, media, relaunch notices. What the worker and `holdfast mirror` share.

kit_facts    what goes into a kit
kit          a new kit in every store whenever one is due
media        what waits, what is missing, what may go; the list of all
notices      relaunch notices, issued and in every store
work         the worker's part
"""

from .kit import Kept, KitState, keep_kit, read_kit_state
from .kit_facts import KitFacts, collect_facts
from .media import MediaRound, bring_media, due_files
from .notices import Published, ledger_keys, publish_notice, spread_newest
from .work import keep_mirror

__all__ = [
    "Kept", "KitFacts", "KitState", "MediaRound", "Published", "bring_media", "collect_facts", "due_files", "keep_kit",
    "keep_mirror", "ledger_keys", "publish_notice", "read_kit_state", "spread_newest",
]  # fmt: skip
