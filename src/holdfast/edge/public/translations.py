"""Pages in the reader's language: one table a language, with the English sentence as the key.

In templates `{{ _("Policies") }}` and `{% trans count=n %}...{% pluralize %}...{% endtrans %}` (jinja2.ext.i18n); in
handlers `speech(call, visit)("Policies")`. `msg()` marks a sentence that a handler keeps and a template says later. A page is in another
language once its template has such marks; the rest is English, whole. A test finds every mark that a table lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from ...platform.clock import Instant
from ..call import Call
from .browser import Visit

LANGUAGE_NAMES: Final = {"en": "English", "fr": "Français"}
LANGUAGES: Final = tuple(LANGUAGE_NAMES)
_TABLES: Final = Path(__file__).with_name("languages")
_HEADER_PARTS: Final = 20
_MONTHS: Final = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
        "novembre", "décembre",
    ),
}  # fmt: skip
_THOUSANDS: Final = {"en": ",", "fr": "\u202f"}

Speech = Callable[..., str]
Table = dict[str, str | list[str]]


@cache
def table(language: str) -> Table:
    """What stands for each English sentence; for one with a number: of one, and of several."""
    if language == LANGUAGES[0]:
        return {}
    return msgspec.json.decode((_TABLES / f"{language}.json").read_bytes(), type=Table)


def wanted_language(call: Call, visit: Visit) -> str:
    """The account's language; of visitors the first that the browser asks for and that there are words for."""
    if visit.session is not None:
        return _spoken(visit.session.locale) or LANGUAGES[0]
    asked: list[tuple[float, int, str]] = []
    for place, part in enumerate(call.header(b"accept-language").split(",")[:_HEADER_PARTS]):
        name, _, weight = part.partition(";")
        try:
            share = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if share > 0 and (language := _spoken(name)):
            asked.append((-share, place, language))
    return min(asked)[2] if asked else LANGUAGES[0]


def _spoken(locale: str) -> str | None:
    short = locale.replace("_", "-").partition("-")[0].strip().lower()
    return short if short in LANGUAGES else None


def speech(call: Call, visit: Visit) -> Speech:
    """Says sentences as the page will: `say("Hello {name}", name=...)`."""
    return speech_in(wanted_language(call, visit))


def speech_in(language: str) -> Speech:
    """The same in a language."""

    def say(sentence: str, **values: Any) -> str:
        said = table(language).get(sentence, sentence)
        text = said if isinstance(said, str) else sentence
        return text.format(**values) if values else text

    return say


def msg(sentence: str) -> str:
    """A sentence that is said later."""
    return sentence


def teach(environment: Environment) -> None:
    """Templates of this environment speak the language of their variable `page_language`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {"day": _day, "moment": _moment, "second": _second, "number": _number}
    environment.globals["say"] = _say


def is_marked(environment: Environment, template: str) -> bool:
    """Whether a template is translated: whether anything in it is marked."""
    source = environment.get_template(template).filename
    found = environment.extract_translations(Path(str(source)).read_text())  # type: ignore[attr-defined]
    return any(True for _ in found)


def _language(context: Context) -> str:
    return str(context.get("page_language", LANGUAGES[0]))


@pass_context
def _gettext(context: Context, sentence: str) -> str:
    return _literal(speech_in(_language(context))(_plain(sentence)))


@pass_context
def _ngettext(context: Context, one: str, several: str, number: int) -> str:
    language = _language(context)
    said = table(language).get(_plain(several), [one, several])
    forms = [said, said] if isinstance(said, str) else said
    # Nothing is one in French, several in English.
    single = number in (0, 1) if language == "fr" else number == 1
    return _literal(_plain(forms[0 if single else 1]))


def _plain(sentence: str) -> str:
    """As it stands in the table: jinja2 doubles the percent signs, and so that it can fill in values, wants them doubled."""
    return sentence.replace("%%", "%")


def _literal(sentence: str) -> str:
    parts = sentence.split("%(")
    kept = [parts[0].replace("%", "%%")]
    for part in parts[1:]:
        name, _, rest = part.partition(")s")
        kept.append(f"{name})s{rest.replace('%', '%%')}")
    return "%(".join(kept)


@pass_context
def _say(context: Context, sentence: str) -> str:
    return speech_in(_language(context))(sentence)


@pass_context
def _day(context: Context, when: Instant) -> str:
    """24 November 2026"""
    language = _language(context)
    first = "1er" if language == "fr" and when.day == 1 else str(when.day)
    return f"{first} {_MONTHS[language][when.month - 1]} {when.year}"


@pass_context
def _moment(context: Context, when: Instant) -> str:
    """24 November 2026, 17:05 UTC"""
    return f"{_day(context, when)}, {when:%H:%M} UTC"


@pass_context
def _second(context: Context, when: Instant) -> str:
    """24 November 2026, 17:05:09 UTC"""
    return f"{_day(context, when)}, {when:%H:%M:%S} UTC"


@pass_context
def _number(context: Context, number: int) -> str:
    """12,345"""
    return f"{number:,}".replace(",", _THOUSANDS[_language(context)])
