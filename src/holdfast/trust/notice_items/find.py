"""Reads: what citations are here, all of one notice at once. Nobody's viewer is asked: the desk must find what is hidden too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ...platform.db import Reader
from ...pure.notices import (
    AccountReference,
    Mark,
    MediaReference,
    PostReference,
    Reference,
    RemoteReference,
    TagReference,
    normal_address,
    resolve_address,
)
from .model import Addresses, CitedItem, Found, Target

_POSTS_SQL = "select id, account_id from posts where id = any($1::bigint[])"
_ACCOUNTS_SQL = """
select a.id, lower(a.username) as name, coalesce(a.domain, '') as domain from accounts a
join unnest($1::text[], $2::text[]) as w (name, domain) on lower(a.username) = w.name and coalesce(a.domain, '') = w.domain
union all select a.id, null, null from accounts a where a.id = any($3::bigint[])
"""
_MEDIA_SQL = """
select m.id, m.account_id, m.post_id, f.name from media m join media_files f on f.media_id = m.id
where f.name = any($1::text[])
union all select m.id, m.account_id, m.post_id, null from media m where m.id = any($2::bigint[])
"""


class _Known(msgspec.Struct):
    """What the references of one notice lead to."""

    posts: dict[int, int] = {}
    names: dict[tuple[str, str], int] = {}
    accounts: set[int] = set()
    files: dict[str, int] = {}
    media: dict[int, tuple[int, int | None]] = {}


async def find(reader: Reader, items: Sequence[CitedItem], addresses: Addresses | None) -> list[Target]:
    """What each is, in order. Of several readings the first that leads to something counts."""
    read = [_references(one, addresses) for one in items]
    known = await _known(reader, (ref for one in read for _, ref in one), addresses, items)
    return [_target(item, refs, known, addresses) for item, refs in zip(items, read, strict=True)]


def _references(item: CitedItem, addresses: Addresses | None) -> list[tuple[str, Reference]]:
    if addresses is None or item.known is not None:
        return []
    readings = item.readings or (normal_address(item.as_given) or item.as_given.strip(),)
    found = []
    for one in readings:
        ref = resolve_address(one, own_hosts=addresses.own_hosts, media_hosts=addresses.media_hosts)
        if ref is not None:
            found.append((one, ref))
    return found


async def _known(
    reader: Reader, references: Iterable[Reference], addresses: Addresses | None, items: Sequence[CitedItem]
) -> _Known:
    posts, accounts, media = (
        {one.known[1] for one in items if one.known and one.known[0] is kind}
        for kind in (Found.POST, Found.ACCOUNT, Found.MEDIA)
    )
    names, files = set[tuple[str, str]](), set[str]()
    for ref in references:
        match ref:
            case PostReference(id=text) if (ident := _decoded(addresses, text)) is not None:
                posts.add(ident)
            case AccountReference(acct=acct, id=text):
                if acct:
                    names.add(_name(acct))
                elif (ident := _decoded(addresses, text)) is not None:
                    accounts.add(ident)
            case MediaReference(name=name, id=text):
                if name:
                    files.add(name)
                elif (ident := _decoded(addresses, text)) is not None:
                    media.add(ident)
            case _:
                pass
    known = _Known()
    if posts:
        known.posts = {row[0]: row[1] for row in await reader.fetch(_POSTS_SQL, sorted(posts))}
    if names or accounts:
        wanted = sorted(names)
        rows = await reader.fetch(
            _ACCOUNTS_SQL, [one[0] for one in wanted], [one[1] for one in wanted], sorted(accounts)
        )
        known.names = {(row["name"], row["domain"]): row["id"] for row in rows if row["name"] is not None}
        known.accounts = {row["id"] for row in rows}
    if files or media:
        rows = await reader.fetch(_MEDIA_SQL, sorted(files), sorted(media))
        known.files = {row["name"]: row["id"] for row in rows if row["name"] is not None}
        known.media = {row["id"]: (row["account_id"], row["post_id"]) for row in rows}
    return known


def _target(
    item: CitedItem, refs: Sequence[tuple[str, Reference]], known: _Known, addresses: Addresses | None
) -> Target:
    if item.known is not None:
        return _there(item.as_given, *item.known, known) or Target(item.as_given, Found.UNRESOLVED)
    for url, ref in refs:
        if (found := _by_reference(url, ref, known, addresses)) is not None:
            return found
    url = refs[0][0] if refs else (item.readings[0] if item.readings else "")
    first = refs[0][1] if refs else None
    # A name that looks like ours is for a person: it may be a slip of the pen, or meant to deceive.
    if isinstance(first, RemoteReference) and not {Mark.SUSPICIOUS_HOST, Mark.SHORTENER} & set(item.marks):
        return Target(url, Found.ELSEWHERE)
    if isinstance(first, TagReference):
        return Target(url, Found.TAG)
    ours = (PostReference, AccountReference, MediaReference, RemoteReference)
    return Target(url, Found.UNRESOLVED if first is None or isinstance(first, ours) else Found.PAGE)


def _by_reference(url: str, ref: Reference, known: _Known, addresses: Addresses | None) -> Target | None:
    match ref:
        case PostReference(id=text):
            return _there(url, Found.POST, _decoded(addresses, text), known)
        case AccountReference(acct=acct, id=text):
            ident = known.names.get(_name(acct)) if acct else _decoded(addresses, text)
            return _there(url, Found.ACCOUNT, ident, known)
        case MediaReference(name=name, id=text):
            ident = known.files.get(name) if name else _decoded(addresses, text)
            return _there(url, Found.MEDIA, ident, known)
        case _:
            return None


def _there(url: str, kind: Found, ident: int | None, known: _Known) -> Target | None:
    if ident is None:
        return None
    if kind is Found.POST and ident in known.posts:
        return Target(url, kind, ident, known.posts[ident], ident)
    if kind is Found.ACCOUNT and ident in known.accounts:
        return Target(url, kind, ident, ident)
    if kind is Found.MEDIA and ident in known.media:
        account_id, post_id = known.media[ident]
        return Target(url, kind, ident, account_id, post_id)
    return None


def _decoded(addresses: Addresses | None, text: str) -> int | None:
    return None if addresses is None or not text else addresses.ids.decode(text)


def _name(acct: str) -> tuple[str, str]:
    name, _, domain = acct.partition("@")
    return name.lower(), domain.lower()
