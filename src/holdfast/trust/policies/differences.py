"""What changed between two versions of a policy, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from .model import Policy


def difference(before: Policy, after: Policy, *, language: str) -> list[str]:
    """A unified diff of what members and moderators read, in one language; empty when it is the same."""
    return list(
        difflib.unified_diff(
            list(_lines(before, language)), list(_lines(after, language)), before.reference, after.reference,
            lineterm="",
        )
    )  # fmt: skip


def _lines(policy: Policy, language: str) -> Iterator[str]:
    document, text = policy.document, policy.text(language)
    yield f"title: {text.title}"
    yield f"category: {document.category.value}"
    yield f"basis: {document.basis.value}"
    yield f"lane: {document.lane}  severity: {document.severity}"
    yield f"ground: {document.ground.get(language) or next(iter(document.ground.values()))}"
    yield f"explanation: {document.explanation.get(language) or next(iter(document.explanation.values()))}"
    yield from (f"rule: {name}" for name in document.rules)
    yield from (f"head: {name}" for name in document.heads)
    yield from text.body.splitlines()
    yield from (f"example: {one}" for one in text.examples)
    yield from (f"not meant: {one}" for one in text.counterexamples)
