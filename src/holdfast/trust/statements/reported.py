"""From a decision to the fields of the transparency database of the Digital Services Act; nothing personal is in them.

Names and values are those of the database's schema; the export sends these rows as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ...platform.clock import Instant
from ..effects import ActionKind
from ..policies import Category
from .model import Ended, Reasons

FACTS_CHARACTERS: Final = 5000
_VISIBILITY: Final = {
    ActionKind.HIDE: "DECISION_VISIBILITY_CONTENT_DISABLED",
    ActionKind.WITHDRAW: "DECISION_VISIBILITY_CONTENT_REMOVED",
    ActionKind.LIMIT_REACH: "DECISION_VISIBILITY_CONTENT_DEMOTED",
    ActionKind.LIMIT: "DECISION_VISIBILITY_CONTENT_DEMOTED",
    ActionKind.RESTRICT_REPLIES: "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED",
    ActionKind.MARK_SENSITIVE: "DECISION_VISIBILITY_CONTENT_LABELLED",
    ActionKind.SENSITIZE: "DECISION_VISIBILITY_CONTENT_LABELLED",
    ActionKind.LABEL: "DECISION_VISIBILITY_CONTENT_LABELLED",
}
_ADULTS_ONLY: Final = "DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED"
_OTHER: Final = "DECISION_VISIBILITY_OTHER"
_PROVISION: Final = {
    ActionKind.DISABLE: "DECISION_PROVISION_TOTAL_SUSPENSION",
    ActionKind.FREEZE: "DECISION_PROVISION_PARTIAL_SUSPENSION",
}
_MEDIA: Final = {"image": "CONTENT_TYPE_IMAGE", "gifv": "CONTENT_TYPE_VIDEO", "video": "CONTENT_TYPE_VIDEO",
                 "audio": "CONTENT_TYPE_AUDIO"}  # fmt: skip


def reported(reasons: Reasons, *, puid: str, adults_only: str) -> dict[str, Any]:
    """The row. `adults_only`: the label that restricts by age."""
    visibility = sorted(
        {_visibility(one, adults_only) for one in reasons.measures if one.action in _VISIBILITY}
    )
    provision = next((name for kind, name in _PROVISION.items() if _has(reasons, kind)), None)
    suspended = _has(reasons, ActionKind.SUSPEND)
    row: dict[str, Any] = {
        "decision_visibility": visibility or ([] if provision or suspended else [_OTHER]),
        "decision_provision": provision,
        "decision_account": "DECISION_ACCOUNT_SUSPENDED" if suspended else None,
        "end_date_visibility_restriction": _end(reasons, _VISIBILITY),
        "end_date_service_restriction": _end(reasons, _PROVISION),
        "end_date_account_restriction": _end(reasons, (ActionKind.SUSPEND,)),
        "decision_facts": _facts(reasons)[:FACTS_CHARACTERS],
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"
        if reasons.law
        else "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "content_type": _content_types(reasons),
        "category": (reasons.policy.document.category if reasons.policy else Category.OTHER_VIOLATION).value,
        "category_specification": list(reasons.policy.document.keywords) if reasons.policy else [],
        "territorial_scope": list(reasons.territory),
        "content_language": _language(reasons),
        "content_date": _day(min(post.created_at for post in reasons.posts))
        if reasons.posts
        else _day(reasons.made_at),
        "application_date": _day(reasons.made_at),
        "source_type": reasons.source.value,
        "automated_detection": "Yes" if reasons.automated_detection else "No",
        "automated_decision": reasons.automation.value,
        "puid": puid,
    }
    if _OTHER in row["decision_visibility"]:
        row["decision_visibility_other"] = "A warning or a strike; nothing was restricted"
    policy = reasons.policy.document if reasons.policy else None
    # The words of the policy, not those of the decision: a moderator's own may name somebody.
    ground = (
        policy.ground.get("en") or next(iter(policy.ground.values())) if policy else "Terms of this server"
    )
    explanation = (
        policy.explanation.get("en") or next(iter(policy.explanation.values())) if policy else ground
    )
    if reasons.law:
        row |= {"illegal_content_legal_ground": ground, "illegal_content_explanation": explanation}
    else:
        row |= {
            "incompatible_content_ground": ground,
            "incompatible_content_explanation": explanation,
            "incompatible_content_illegal": "No",
        }
    if policy is not None and policy.ground_url:
        row["decision_ground_reference_url"] = policy.ground_url
    return row


def _visibility(measure: Ended, adults_only: str) -> str:
    if measure.action is ActionKind.LABEL and measure.label == adults_only:
        return _ADULTS_ONLY
    return _VISIBILITY[measure.action]


def _has(reasons: Reasons, kind: ActionKind) -> bool:
    return any(one.action is kind for one in reasons.measures)


def _end(reasons: Reasons, kinds: Iterable[ActionKind]) -> str | None:
    """The day of the last end, when each such measure has one."""
    ends = [one.until for one in reasons.measures if one.action in kinds]
    known = [end for end in ends if end is not None]
    return _day(max(known)) if known and len(known) == len(ends) else None


def _facts(reasons: Reasons) -> str:
    subject = "Posts of an account" if reasons.posts else "An account"
    policy = reasons.policy
    under = f" under the policy {policy.reference} ({policy.text('en').title})" if policy else ""
    done = ", ".join(sorted({one.action.value for one in reasons.measures}))
    return f"{subject}, {len(reasons.posts)} in number, were decided about{under}; measures: {done}."


def _content_types(reasons: Reasons) -> list[str]:
    if not reasons.posts:
        return ["CONTENT_TYPE_OTHER"]
    media = {_MEDIA[kind] for post in reasons.posts for kind in post.media if kind in _MEDIA}
    texts = {"CONTENT_TYPE_TEXT"} if any(post.excerpt for post in reasons.posts) else set()
    return sorted(media | texts) or ["CONTENT_TYPE_OTHER"]


def _language(reasons: Reasons) -> str | None:
    languages = [post.language for post in reasons.posts if post.language]
    return max(set(languages), key=languages.count).upper()[:2] if languages else None


def _day(at: Instant) -> str:
    return f"{at:%Y-%m-%d}"
