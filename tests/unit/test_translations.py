"""Pages in other languages: no sentence lacks its translation, none is left over, and each fills in the same values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import holdfast.edge.public
from holdfast.edge.public.pages import _environment
from holdfast.edge.public.translations import LANGUAGES, speech_in, table

_ROOM = Path(holdfast.edge.public.__file__).parent
_OTHERS = LANGUAGES[1:]
_VALUES = re.compile(r"%\(\w+\)s|\{\w+\}")
_MARKUP = re.compile(r"</?[a-z]+")


def _in_templates() -> Iterator[str]:
    for path in sorted((_ROOM / "templates").glob("*.html")):
        for _, _, found in _environment().extract_translations(path.read_text()):  # type: ignore[attr-defined]
            texts = [one for one in (found if isinstance(found, tuple) else (found,)) if one is not None]
            assert texts, f"{path.name} marks something that is no text"
            yield texts[-1].replace("%%", "%")


def _in_handlers() -> Iterator[str]:
    for path in sorted(_ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func
                said = isinstance(name, ast.Call) and ast.unparse(name.func) == "speech"
                if said or (isinstance(name, ast.Name) and name.id in ("say", "msg")):
                    assert isinstance(node.args[0].value, str)
                    yield node.args[0].value


def _marked() -> set[str]:
    return {*_in_templates(), *_in_handlers()}


@pytest.mark.parametrize("language", _OTHERS)
def test_every_marked_sentence_is_translated_and_no_translation_is_left_over(language: str) -> None:
    marked, known = _marked(), set(table(language))
    assert sorted(marked - known) == []
    assert sorted(known - marked) == []


@pytest.mark.parametrize("language", _OTHERS)
def test_translations_fill_in_the_same_values_and_keep_the_markup(language: str) -> None:
    for sentence, said in table(language).items():
        for form in [said] if isinstance(said, str) else said:
            assert form.strip(), sentence
            assert sorted(_VALUES.findall(form)) == sorted(_VALUES.findall(sentence)), sentence
            assert sorted(_MARKUP.findall(form)) == sorted(_MARKUP.findall(sentence)), sentence


def test_sentences_with_numbers_percent_signs_and_values_are_said_in_the_language() -> None:
    shown = _environment().from_string(
        '{{ _("95 % within") }}|{% trans count=n %}record{% pluralize %}records{% endtrans %}|'
        "{% trans name=name %}Report <bdi>{{ name }}</bdi>{% endtrans %}|{{ 12345 | number }}"
    )
    french = shown.render(page_language="fr", n=0, name="<b>%s</b>")
    assert french == "95 % en|enregistrement|Signaler <bdi>&lt;b&gt;%s&lt;/b&gt;</bdi>|12\u202f345"
    english = shown.render(page_language="en", n=0, name="x")
    assert english == "95 % within|records|Report <bdi>x</bdi>|12,345"
    assert speech_in("fr")("{count} days ago", count=3) == "il y a 3 jours"
