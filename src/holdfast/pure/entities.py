"""Find links, mentions and hashtags in what people type, in one pass and linear time.

Every reader below consumes what it looked at or looks at a bounded number of characters, so hostile input
(10 kB of `@`, of `(`, of `http://`) costs no more per character than an ordinary post. Offsets are code-point
offsets into the text that was given.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import idna

HOST_LENGTH_LIMIT = 253
"""Longest DNS name, in ASCII characters (RFC 1035)."""


class MentionName(NamedTuple):
    """Who is meant: the name as typed and the domain as lower-case ASCII labels, or None for somebody local."""

    username: str
    domain: str | None

    @property
    def acct(self) -> str:
        """Key for looking the account up: `name` or `name@domain`, lower case."""
        name = self.username.lower()
        return name if self.domain is None else f"{name}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Mention:
    """`@name` or `@name@domain` at text[start:end]."""

    start: int
    end: int
    value: MentionName
    kind: Literal["mention"] = field(default="mention", init=False)


@dataclass(frozen=True, slots=True)
class Hashtag:
    """`#name` at text[start:end]; value is the name as typed, without the sign."""

    start: int
    end: int
    value: str
    kind: Literal["hashtag"] = field(default="hashtag", init=False)


@dataclass(frozen=True, slots=True)
class Url:
    """A web address at text[start:end].

    value: the address to follow: ASCII only, lower-case scheme, host in A-labels (`xn--`).
    scheme: `https://` or `http://`.
    host: the host in A-labels, with the port if one was typed.
    shown: what to show after the scheme; it always begins with `host`, letters that are written from right to
        left are percent-encoded so that they cannot move the host away from the front.
    """

    start: int
    end: int
    value: str
    scheme: str
    host: str
    shown: str
    kind: Literal["url"] = field(default="url", init=False)


Entity = Mention | Hashtag | Url

_TRIGGER = re.compile(r"[hH][tT][tT][pP][sS]?://|[@#\uff03]")

# Invisible or direction-changing characters, and halves of surrogate pairs: an address ends before them.
_UNSEEN = (
    "\x00-\x20\x7f-\xa0\xad\u061c\u06dd\u070f\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    "\ud800-\uf8ff\ufeff\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
# Punctuation of scripts that are written without spaces: it ends an address as a space would.
_WIDE_STOPS = (
    "\u3001\u3002\u3008-\u3011\u3014-\u301b\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\u201c\u201d\xab\xbb"
)
_HOST = re.compile(rf"[^\x00-\x2c/\x3a-\x40\x5b-\x5e`\x7b-\x7f{_UNSEEN}{_WIDE_STOPS}]++")
_USER_INFO = re.compile(rf"[^/?#\\<>\"{_UNSEEN}{_WIDE_STOPS}]++")
_PORT = re.compile(r":([0-9]{1,5})(?![0-9])")
_TAIL = re.compile(rf"[^<>\"\\^`{{|}}()\[\]{_UNSEEN}{_WIDE_STOPS}]++")
_TRAILING = ".,:;!?'*([\u2019\u2026"
_BRACKETS = {")": "(", "]": "["}

_ASCII_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?:xn--[a-z0-9-]{1,57}[a-z0-9]|[a-z]{2,63})"
)
_ASCII_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_RIGHT_TO_LEFT = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)

_USERNAME = re.compile(r"[A-Za-z0-9_]++(?:[.-]++[A-Za-z0-9_]++)*+")
_TAG_RUN = re.compile(r"\w++")
_TAG_JOINERS = "\xb7\u30fb\u200c\u200d"


def find_entities(text: str) -> list[Entity]:
    """All entities of `text` in order, never overlapping, nothing inside an address. Any string is accepted."""
    found: list[Entity] = []
    position = 0
    while (trigger := _TRIGGER.search(text, position)) is not None:
        start = trigger.start()
        entity: Entity | None
        match text[start]:
            case "@":
                entity, position = _read_mention(text, start)
            case "#" | "\uff03":
                entity, position = _read_hashtag(text, start)
            case _:
                entity, position = _read_url(text, start, trigger.end())
        if entity is not None:
            found.append(entity)
    return found


def ascii_domain(name: str) -> str | None:
    """The domain in lower-case A-labels, or None when it cannot be one. Without a dot is allowed."""
    if name.isascii():
        lowered = name.lower()
    else:
        try:
            lowered = idna.encode(name, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            return None
    if len(lowered) > HOST_LENGTH_LIMIT or ".." in lowered or _ASCII_DOMAIN.fullmatch(lowered) is None:
        return None
    return lowered


def ascii_address(address: str) -> str:
    """An address, or a part of one, with everything outside ASCII percent-encoded as UTF-8."""
    return _NON_ASCII.sub(_percent_encoded, address)


def _percent_encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def _read_mention(text: str, start: int) -> tuple[Mention | None, int]:
    name = _USERNAME.match(text, start + 1)
    if name is None or _follows_word(text, start):
        return None, start + 1
    end = name.end()
    if text.startswith("@", end):
        host_end = _end_of_host(text, end + 1)
        domain = ascii_domain(text[end + 1 : host_end]) if host_end > end + 1 else None
        if domain is not None:
            if (port := _PORT.match(text, host_end)) is not None:
                return Mention(start, port.end(), MentionName(name[0], domain + port[0])), port.end()
            return Mention(start, host_end, MentionName(name[0], domain)), host_end
        if host_end > end + 1:
            return None, host_end
    if end < len(text) and _continues_name(text[end]):
        return None, end
    return Mention(start, end, MentionName(name[0], None)), end


def _continues_name(character: str) -> bool:
    # "@andré" does not mean @andr, but scripts written without spaces do put text right behind a name.
    return (character.isalnum() and character < "\u2e80") or unicodedata.category(character) in ("Mn", "Mc")


def _read_hashtag(text: str, start: int) -> tuple[Hashtag | None, int]:
    first = _TAG_RUN.match(text, start + 1)
    if first is None or _follows_word(text, start) or text[start - 1 : start] == "&":
        return None, start + 1
    end = first.end()
    while end < len(text):
        if (run := _TAG_RUN.match(text, end)) is not None:
            end = run.end()
        elif text[end] in _TAG_JOINERS or _is_letter_mark(text[end]):
            end += 1
        else:
            break
    name = text[start + 1 : end].rstrip(_TAG_JOINERS)
    end = start + 1 + len(name)
    if not any(character.isalpha() for character in name):
        return None, end
    return Hashtag(start, end, name), end


def _is_letter_mark(character: str) -> bool:
    # Vowel signs belong to a word; variation selectors and keycaps belong to emoji.
    return unicodedata.category(character) in ("Mn", "Mc") and not "\ufe00" <= character <= "\ufe0f"


def _follows_word(text: str, start: int) -> bool:
    if start == 0:
        return False
    before = text[start - 1]
    return before.isalnum() or before in "_/=" or _is_letter_mark(before)


def _read_url(text: str, start: int, authority: int) -> tuple[Url | None, int]:
    before = text[start - 1 : start]
    glued = before != "" and (before in "@#$_" or (before.isascii() and before.isalnum()))
    user_info = _USER_INFO.match(text, authority, authority + HOST_LENGTH_LIMIT + 2)
    if user_info is None:
        return None, authority
    host_end = _end_of_host(text, authority)
    # A name or password before the host is only ever used to make one host look like another.
    if "@" in user_info[0] or glued:
        return None, _end_of_tail(text, user_info.end())
    host = ascii_domain(text[authority:host_end])
    if host is None or _ASCII_HOST.fullmatch(host) is None:
        return None, _end_of_tail(text, user_info.end())
    port = _PORT.match(text, host_end)
    end = tail_start = host_end
    if port is not None and 0 < int(port[1]) <= 65535:
        host += port[0]
        end = tail_start = port.end()
    if text[tail_start : tail_start + 1] in ("/", "?", "#"):
        end = max(tail_start, _end_of_tail(text, tail_start))
    tail = text[tail_start:end]
    scheme = text[start:authority].lower()
    value = scheme + host + ascii_address(tail)
    return Url(start, end, value, scheme, host, host + _RIGHT_TO_LEFT.sub(_percent_encoded, tail)), end


def _end_of_host(text: str, start: int) -> int:
    """Where the host that begins at `start` ends; `start` itself when there is none."""
    run = _HOST.match(text, start, start + HOST_LENGTH_LIMIT + 1)
    if run is None:
        return start
    name = run[0].rstrip(".-")
    if not name.isascii():
        last_dot = name.rfind(".") + 1
        last_label = name[last_dot:]
        other = _NON_ASCII.search(last_label)
        # No top-level domain mixes ASCII with other letters: what follows it is the sentence going on.
        if other is not None and other.start() >= 2 and last_label[: other.start()].isalpha():
            name = name[: last_dot + other.start()]
    return start + len(name)


def _end_of_tail(text: str, start: int) -> int:
    """End of path, query and fragment: closing brackets that were not opened and final punctuation stay out."""
    opened: list[str] = []
    end = start
    while end < len(text):
        if (run := _TAIL.match(text, end)) is not None:
            end = run.end()
        elif text[end] in "([":
            opened.append(text[end])
            end += 1
        elif text[end] in ")]" and opened and opened[-1] == _BRACKETS[text[end]]:
            opened.pop()
            end += 1
        else:
            break
    return start + len(text[start:end].rstrip(_TRAILING))
