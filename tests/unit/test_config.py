"""Settings: where they come from, and what is said of a wrong one."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.platform.config import SETTINGS, ConfigError, Settings, load, load_settings, shown


def wrong(overrides: dict[str, object] | None = None, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(overrides, environment=environment or {})
    assert "\n" not in caught.value.public
    return caught.value.public


def with_file(folder: Path, text: str) -> dict[str, object]:
    (folder / "holdfast.toml").write_text(text, encoding="utf-8")
    return {"data": folder}


def test_the_command_line_wins_over_environment_over_file_over_default(tmp_path: Path) -> None:
    over = with_file(tmp_path, 'port = 1001\ntitle = "File"\nworkers = 2\n')
    loaded = load(over | {"port": "1003"}, environment={"HOLDFAST_PORT": "1002", "HOLDFAST_WORKERS": "3"})
    found = loaded.settings
    assert (found.port, found.workers, found.title, found.post_max_characters) == (1003, 3, "File", 500)
    assert [loaded.sources[name] for name in ("port", "workers", "title", "post_max_characters")] == [
        "command line",
        "environment",
        str(tmp_path / "holdfast.toml"),
        "default",
    ]


def test_options_that_were_not_given_do_not_count() -> None:
    assert load_settings({"port": None}, environment={"HOLDFAST_PORT": "1002"}).port == 1002


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (
            {"HOLDFAST_PORT": "abc"},
            "HOLDFAST_PORT in the environment: 'abc' is not a whole number between 1 and 65535",
        ),
        (
            {"HOLDFAST_PORT": ""},
            "HOLDFAST_PORT in the environment: '' is not a whole number between 1 and 65535",
        ),
        (
            {"HOLDFAST_PORT": "0"},
            "HOLDFAST_PORT in the environment: '0' is not a whole number between 1 and 65535",
        ),
        (
            {"HOLDFAST_REGISTRATIONS": "maybe"},
            "HOLDFAST_REGISTRATIONS in the environment: 'maybe' is not one of open, approval, closed",
        ),
        ({"HOLDFAST_DOMAIN": "a b"}, "domain (environment): 'a b' is not a name such as example.org"),
        (
            {"HOLDFAST_DATABASE_URL": "mysql://u:hush@h/d"},
            "database_url (environment): it must begin with postgresql://",
        ),
        (
            {"HOLDFAST_PUBLIC_URL": "gopher://x"},
            "public_url (environment): 'gopher://x' is not an address such as https://example.org",
        ),
        (
            {"HOLDFAST_TRUSTED_PROXIES": "10.0.0.0/8, x"},
            "trusted_proxies (environment): 'x' is not an address or network",
        ),
        ({"HOLDFAST_PAGE_SIZE_DEFAULT": "41"}, "page_size_default is larger than page_size_max"),
    ],
)
def test_a_wrong_value_is_named_with_its_source(environment: dict[str, str], expected: str) -> None:
    assert wrong(environment=environment) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prot = 1\n", "is not a setting; did you mean port?"),
        ("zzzzzz = 1\n", "is not a setting; `holdfast config show` lists them all"),
        ('data = "x"\n', "a file cannot move its own folder"),
        ("port = true\n", "'True' is not a whole number between 1 and 65535"),
        ("port = 1.5\n", "'1.5' is not a whole number between 1 and 65535"),
        ("title = 3\n", "'3' is not a text"),
        ("port = \n", "is not valid TOML"),
        ("[section]\nport = 1\n", "section in"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, expected: str) -> None:
    said = wrong(with_file(tmp_path, text))
    assert expected in said
    assert str(tmp_path / "holdfast.toml") in said


@pytest.mark.parametrize(
    ("overrides", "domain", "public_url"),
    [
        ({}, "localhost:8420", "http://localhost:8420"),
        ({"port": "9000", "host": "0.0.0.0"}, "localhost:9000", "http://localhost:9000"),
        ({"host": "192.0.2.7"}, "192.0.2.7:8420", "https://192.0.2.7:8420"),
        ({"host": "2001:db8::1"}, "[2001:db8::1]:8420", "https://[2001:db8::1]:8420"),
        ({"domain": "Example.ORG"}, "example.org", "https://example.org"),
        (
            {"domain": "example.org", "public_url": "http://social.example.org/"},
            "example.org",
            "http://social.example.org",
        ),
        ({"domain": "a.localhost:8420"}, "a.localhost:8420", "http://a.localhost:8420"),
    ],
)
def test_names_are_derived(overrides: dict[str, str], domain: str, public_url: str) -> None:
    found = load_settings(overrides, environment={})
    assert (found.domain, found.public_url.lower()) == (domain, public_url)


def test_lists_come_from_commas_or_arrays(tmp_path: Path) -> None:
    assert load_settings(environment={"HOLDFAST_LANGUAGES": "en, de,"}).languages == ("en", "de")
    assert load_settings(with_file(tmp_path, 'languages = ["fr"]\n'), environment={}).languages == ("fr",)


def test_a_relative_file_is_taken_from_the_data_folder(tmp_path: Path) -> None:
    found = load_settings(with_file(tmp_path, 'screening_rules_file = "rules.toml"\n'), environment={})
    assert found.screening_rules_file == tmp_path / "rules.toml"


def test_secrets_are_never_shown() -> None:
    address = "postgresql://me:hush@db/name"
    loaded = load(environment={"HOLDFAST_DATABASE_URL": address, "HOLDFAST_MASTER_KEY": "ab" * 32})
    assert loaded.settings.database_url == address
    text = str(shown(loaded))
    assert "hush" not in text
    assert "abab" not in text
    assert shown(loaded)["database_url"]["value"] == "(hidden)"


def test_variables_that_match_no_setting_are_reported() -> None:
    loaded = load(
        environment={"HOLDFAST_PROT": "1", "HOLDFAST_TEST_X": "1", "HOLDFAST_RUN_X": "1", "PATH": ""}
    )
    assert loaded.unknown_environment == ("HOLDFAST_PROT",)


def test_every_setting_has_a_sentence_and_every_number_has_limits() -> None:
    for name, row in SETTINGS.items():
        assert row.about.doc.endswith("."), name
        if row.type is int:
            low, high = row.about.minimum, row.about.maximum
            assert low is not None, name
            assert high is not None, name
            assert low <= row.default <= high, name
        if name.endswith(("_seconds", "_hours", "_days", "_bytes", "_mb", "_characters")):
            assert row.about.unit, name


def test_the_table_is_the_struct() -> None:
    assert tuple(SETTINGS) == Settings.__struct_fields__
    assert all(typing.get_origin(row.type) is not typing.Annotated for row in SETTINGS.values())


@given(st.sampled_from(sorted(SETTINGS)), st.text(max_size=20))
def test_any_text_is_either_a_value_or_a_one_line_error(name: str, raw: str) -> None:
    if name == "data":
        return
    try:
        load(environment={f"HOLDFAST_{name.upper()}": raw})
    except ConfigError as error:
        assert name in error.public.lower().replace("-", "_")  # noqa: PT017
