"""Policies and templates: what is published, what changed, and that nothing unfinished reaches a member."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.main.cli.policy_text import policy_toml
from holdfast.trust.policies import (
    Policy,
    PolicyDocument,
    PolicyNotAllowed,
    covers,
    difference,
    read_documents,
    read_reference,
    shipped_policies,
)
from holdfast.trust.templates import (
    PlaceholderLeft,
    Template,
    TemplateNotAllowed,
    check_finished,
    fill,
    read_templates,
    shipped_templates,
)

THREATS = shipped_policies()["threats"].document


def test_what_is_shipped_speaks_both_languages_and_fits_the_transparency_database() -> None:
    for policy in shipped_policies().values():
        document = policy.document
        assert set(document.texts) == {"en", "fr"} == set(document.ground) == set(document.explanation), (
            policy.id
        )
        assert all(len(text) <= 500 for text in document.ground.values())
        assert policy.text("fr-CA") is document.texts["fr"]
        assert policy.text("de") is document.texts["en"]
    lanes = {policy.document.lane for policy in shipped_policies().values()}
    assert lanes == {"P0", "P1", "P2", "P3", "P4"}
    for template in shipped_templates().values():
        assert set(template.template.texts) == {"en", "fr"}


def test_every_head_of_the_model_and_every_default_rule_has_a_policy() -> None:
    from holdfast.screening.classifier.heads import HEADS
    from holdfast.screening.rules import load_rules

    names = [*HEADS, *(rule.source.id for rule in load_rules(None).rules)]
    documents = [policy.document for policy in shipped_policies().values()]
    assert [name for name in names if not any(covers(one, name) for one in documents)] == []


@pytest.mark.parametrize("policy", shipped_policies().values(), ids=lambda policy: policy.id)
def test_a_policy_printed_as_toml_reads_back_as_itself(policy: Policy) -> None:
    assert read_documents(policy_toml(policy.document)) == [policy.document]


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80))
def test_any_title_survives_toml(title: str) -> None:
    if not title.strip():
        return
    texts = {"en": msgspec.structs.replace(THREATS.texts["en"], title=title)}
    one = {"en": "x"}
    document = msgspec.structs.replace(THREATS, texts=texts, ground=one, explanation=one)
    assert read_documents(policy_toml(document)) == [document]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "Threats"}, "id"),
        ({"severity": 101}, "severity"),
        ({"texts": {}}, "texts"),
        ({"ground": {"en": "x"}}, "ground"),
        ({"explanation": {"en": "x", "fr": "y" * 2001}}, "explanation"),
        ({"ground_url": "javascript:1"}, "ground_url"),
    ],
)
def test_a_document_that_breaks_a_rule_is_refused_by_the_name_of_the_part(
    change: dict[str, Any], says: str
) -> None:
    from holdfast.trust.policies.model import check

    with pytest.raises(PolicyNotAllowed, match=says):
        check(msgspec.structs.replace(THREATS, **change))


@pytest.mark.parametrize("text", ["", "policies = 3", "[[policies]]\nid = 'x'", "[[policies]\n"])
def test_a_file_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(PolicyNotAllowed):
        read_documents(text)


def test_references_and_differences() -> None:
    assert read_reference("threats@12") == ("threats", 12)
    for wrong in ("threats", "threats@0", "threats@x", "@1", "threats@1@2"):
        with pytest.raises(PolicyNotAllowed):
            read_reference(wrong)
    later = Policy(2, msgspec.structs.replace(THREATS, severity=50))
    lines = difference(Policy(1, THREATS), later, language="en")
    assert "-lane: P0  severity: 95" in lines
    assert "+lane: P0  severity: 50" in lines
    assert difference(later, later, language="en") == []


def _template(text: str, *variables: str) -> Template:
    return Template("a-text", "A text", {"en": text}, variables)


def test_nothing_unfinished_is_sent() -> None:
    one = _template("Change {{ what }} until {{when}}.", "what", "when")
    assert (
        fill(one, {"what": "the picture", "when": "Friday"}, language="fr")
        == "Change the picture until Friday."
    )
    for values in (
        {},
        {"what": "x"},
        {"what": "x", "when": " "},
        {"what": "###", "when": "y"},
        {"what": "{{ z }}", "when": "y"},
    ):
        with pytest.raises(PlaceholderLeft):
            fill(one, values, language="en")
    for text in ("we will ### later", "hello {{ name", "see [...]"):
        with pytest.raises(PlaceholderLeft):
            check_finished(text)
    check_finished("C# and {braces} and # one heading are fine")


@pytest.mark.parametrize(
    "template",
    [
        _template("Hello {{ name }}"),
        _template("Hello", "name"),
        _template("###"),
        _template(""),
        Template("Bad Id", "t", {"en": "x"}),
        Template("ok", "t", {"english": "x"}),
    ],
)
def test_a_template_that_breaks_a_rule_is_refused(template: Template) -> None:
    from holdfast.trust.templates.model import check

    with pytest.raises(TemplateNotAllowed):
        check(template)


def test_templates_of_a_file() -> None:
    assert read_templates('[[templates]]\nid = "hello"\ntitle = "t"\ntexts.en = "Good day."')[0].id == "hello"
    with pytest.raises(TemplateNotAllowed):
        read_templates("[[templates]]\nid = 3")


def test_documents_with_unknown_parts_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(THREATS), "hidden": True}, PolicyDocument)
