"""Header values: read without harm, and written so that nobody can add a header or a recipient of their own."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.header import decode_header, make_header

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
"""An address as it is written to, in ASCII; quoted local parts are not."""

MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
# Everything that ends a line anywhere, every control, and what turns the order of writing.
_CONTROLS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)
_SUBJECT_MAX_CHARACTERS = 400
_REFERENCES_MAX = 30


def one_line(text: str) -> str:
    """The text in one line without controls; runs of them become one blank."""
    return _CONTROLS.sub(" ", text).strip()


def decoded(value: str) -> str:
    """A header's text with encoded words read; as it stands where they cannot be."""
    # Bytes that are no ASCII were kept as surrogates.
    plain = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return one_line(str(make_header(decode_header(plain.replace("\r", "").replace("\n", "")))))
    except (MessageError, ValueError, LookupError, TypeError):
        return one_line(plain)


def is_address(text: str) -> bool:
    """Whether mail can be sent to it as it stands."""
    return ADDRESS.fullmatch(text) is not None


def message_ids(text: str) -> tuple[str, ...]:
    """The well-formed message ids in a header, the last few."""
    # One that holds an encoded word would be decoded on the way out, line breaks and all.
    return tuple(one for one in MESSAGE_ID.findall(text) if "=?" not in one)[-_REFERENCES_MAX:]


def plain_words(text: str) -> str:
    """One line that no library takes for encoded words (RFC 2047), which may hide line breaks from who looks for them."""
    return re.sub(r"=(?=\?)", "= ", one_line(text))


def reply_headers(
    *, subject: str, message_id: str, references: str, reference_no: str = "", automatic: bool
) -> dict[str, str]:
    """Headers of an answer, beside From and To: thread, subject, and the mark of an automatic one (RFC 3834).

    `subject`, `message_id` and `references` are a stranger's and may hold anything.
    """
    words = plain_words(subject)[:_SUBJECT_MAX_CHARACTERS]
    if not re.match(r"re\s*:", words, re.I):
        words = f"Re: {words}".strip()
    if (named := plain_words(reference_no)) and named not in words:
        words = f"{words} [{named}]"
    headers = {"Subject": words}
    ids = message_ids(message_id)
    if len(ids) == 1:
        headers["In-Reply-To"] = ids[0]
        earlier = tuple(one for one in message_ids(references) if one != ids[0])
        headers["References"] = " ".join((*earlier, ids[0]))
    headers["Auto-Submitted"] = "auto-replied" if automatic else "no"
    if automatic:
        headers["X-Auto-Response-Suppress"] = "All"
    return headers
