"""The readable part of the kit, for paper: one page of HTML that needs nothing else, or plain text."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...platform.clock import Instant
from ...pure.mirror import SecretInSheet, readable_sheet
from ..mirror import MirrorSetup
from .completeness import TOPICS, missing_topics
from .seal import sheet_of

_SECRET_CHARACTERS: Final = 8
_STYLE: Final = """
@page { margin: 18mm }
body { font: 11pt/1.45 Georgia, serif; color: #000; background: #fff; max-width: 46em; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em; margin: 0 0 .2em } h2 { font-size: 1.1em; margin: 1.4em 0 .3em; border-bottom: 1px solid #000 }
table { border-collapse: collapse; width: 100% } td { vertical-align: top; padding: .15em .6em .15em 0 }
td:first-child { white-space: nowrap } code, pre { font: 9.5pt/1.4 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap }
.blank { border-bottom: 1px dotted #000; min-width: 12em; display: inline-block } .warn { border: 2px solid #000; padding: .5em .8em }
li { margin: .2em 0 } h2, table, .warn { break-inside: avoid }
"""


def kit_text(setup: MirrorSetup, facts: Mapping[str, Any], secrets: Sequence[str], *, now: Instant) -> str:
    """The sheet as plain text. `secrets`: every value that must not stand in it. Raises SecretInSheet."""
    lines = [readable_sheet(sheet_of(setup, now), {"secrets": list(secrets)})]
    lines.append("Stores by owner and jurisdiction")
    lines.extend(
        f"  {one.name}: {one.owner or 'owner not noted'}, {one.jurisdiction or 'jurisdiction not noted'}"
        for one in setup.stores
    )
    lines.append("\nDomain, contacts")
    lines.extend(f"  {TOPICS[topic]}: {setup.contacts.get(topic) or 'not noted'}" for topic in TOPICS)
    lines.append("\nThe ledger")
    lines.extend(f"  {key}" for key in _ledger(facts)["vkeys"])
    lines.append(f"\nSoftware: {_software(facts)}")
    text = "\n".join(lines) + "\n"
    return _checked(text, secrets)


def kit_page(setup: MirrorSetup, facts: Mapping[str, Any], secrets: Sequence[str], *, now: Instant) -> str:
    """The sheet as a page to print. Raises SecretInSheet."""
    _checked(kit_text(setup, facts, secrets, now=now), secrets)
    gaps = missing_topics(setup)
    ledger = _ledger(facts)
    database = facts.get("database", {})
    body = [
        f"<h1>Evacuation kit of {_e(setup.domain)}</h1>",
        f"<p>Made {_e(now.strftime('%Y-%m-%d %H:%M UTC'))}. Epoch {setup.epoch}. Database {_e(setup.site_id)}.</p>",
        (
            '<p class="warn"><b>This sheet holds no secret.</b> Keep it away from the server, and give a copy to each person below. '
            "It says where the mirrors are and whom to believe. The mirrors are opened with the identity; "
            f"{_how(setup)}</p>"
        ),
        "<h2>On an empty machine</h2>",
        (
            f"<ol><li>{_bring(setup)}</li>"
            f"<li>Install Holdfast: {_e(_software(facts))}. The list of packages with their hashes is in the sealed kit.</li>"
            "<li><code>holdfast relaunch --from STORE --key FILE --data FOLDER</code>, with any one of the stores below.</li>"
            f"<li>Point {_e(setup.domain)} to the new machine; see Domain.</li>"
            "<li>Revoke the credentials that the old machine had at every store, with the administrator's account there.</li></ol>"
        ),
        "<h2>Stores (any one is enough)</h2>",
        _table([(one.name, one.shown, _owner(one.owner, one.jurisdiction)) for one in setup.stores]),
        "<h2>Who holds a share</h2>",
        _table([(str(number), name, "") for number, name in enumerate(setup.holders, 1)], blank=True),
        "<h2>Domain, contacts, deadlines</h2>",
        _table([(TOPICS[topic], setup.contacts.get(topic, ""), "") for topic in TOPICS], blank=True),
        "<h2>Whom to believe</h2>",
        _table(
            [
                ("Authority", setup.authority_vkey, ""),
                *(("Recipient", one, "") for one in setup.recipients),
                *(("Ledger key", one, "") for one in ledger["vkeys"]),
                *(("Witness", one, "") for one in ledger["witnesses"]),
            ],
            code=True,
        ),
        "<h2>Where the database was</h2>",
        _table([(str(topic), str(value), "") for topic, value in database.items()]),
        "<h2>Last signed checkpoint of the ledger</h2>",
        f"<pre>{_e(ledger['checkpoint'] or 'none yet')}</pre>",
    ]
    if gaps:
        named = ", ".join(TOPICS[one] for one in gaps)
        body.append(
            f'<p class="warn">Not noted yet: {_e(named)}. Say it with <code>holdfast mirror note</code>.</p>'
        )
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f"<title>Evacuation kit of {_e(setup.domain)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )
    return _checked(page, secrets)


def _how(setup: MirrorSetup) -> str:
    if not setup.holders:
        return "it is kept whole, as a file."
    return f"{setup.shares_needed} of {len(setup.holders)} shares bring it back."


def _bring(setup: MirrorSetup) -> str:
    if not setup.holders:
        return "Fetch the file of the identity from where it is kept."
    return f"Bring together {setup.shares_needed} of the people below, each with the words of their share."


def _checked(text: str, secrets: Sequence[str]) -> str:
    if any(one in text or _e(one) in text for one in secrets if len(one) >= _SECRET_CHARACTERS):
        raise SecretInSheet
    return text


def _table(rows: Sequence[tuple[str, str, str]], *, blank: bool = False, code: bool = False) -> str:
    cells = []
    for first, second, third in rows:
        shown = f"<code>{_e(second)}</code>" if code else _e(second)
        if blank and not second:
            shown = '<span class="blank">&nbsp;</span>'
        cells.append(f"<tr><td>{_e(first)}</td><td>{shown}</td><td>{_e(third)}</td></tr>")
    return "<table>" + "".join(cells) + "</table>"


def _ledger(facts: Mapping[str, Any]) -> dict[str, Any]:
    found = facts.get("ledger") or {}
    return {
        "vkeys": found.get("vkeys", []),
        "witnesses": found.get("witnesses", []),
        "checkpoint": found.get("checkpoint", ""),
    }


def _software(facts: Mapping[str, Any]) -> str:
    found = facts.get("software") or {}
    return f"Holdfast {found.get('version', 'of the same version')} on Python {found.get('python', '3.11 or newer')}"


def _owner(owner: str, jurisdiction: str) -> str:
    return ", ".join(one for one in (owner, jurisdiction) if one)


def _e(text: str) -> str:
    return html.escape(text)
