"""Reading the settings: command line over environment over `holdfast.toml` over default.

`load_settings` returns frozen `Settings` with every derived value filled in, and `load` also where
each value came from. Every mistake is a `ConfigError` whose text names the setting, its source and
what would be right, on one line.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from holdfast.platform.settings import SETTINGS, Setting, Settings
from holdfast.pure.endpoint_addresses import endpoint_problem, proxy_problem
from holdfast.pure.errors import Invalid
from holdfast.pure.outbound_addresses import read_allowed
from holdfast.pure.web_addresses import is_web_address

__all__ = ["SETTINGS", "ConfigError", "Loaded", "Setting", "Settings", "load", "load_settings", "shown"]

CONFIG_FILE = "holdfast.toml"
ENVIRONMENT_PREFIX = "HOLDFAST_"
_VISIBILITIES = ("public", "unlisted", "private", "direct")
# Variables that are no settings: what the supervisor tells its children, what steers the test suite, and the credentials that
# `holdfast mirror add` is given.
NOT_SETTINGS = ("HOLDFAST_RUN_", "HOLDFAST_TEST_", "HOLDFAST_STORE_")


class ConfigError(Invalid):
    """A setting is wrong; the text names it and where it came from."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Effective settings, the source of each by name, and environment variables that match none."""

    settings: Settings
    sources: dict[str, str]
    unknown_environment: tuple[str, ...]


def load_settings(
    overrides: Mapping[str, Any] | None = None, *, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings. `overrides` come from the command line; None in it means not given."""
    return load(overrides, environment=environment).settings


def load(
    overrides: Mapping[str, Any] | None = None, *, environment: Mapping[str, str] | None = None
) -> Loaded:
    """Read the settings and say where each came from. Raises ConfigError."""
    env = os.environ if environment is None else environment
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}

    def take(name: str, raw: Any, where: str, source: str) -> None:
        if name not in values:
            values[name] = _parse(SETTINGS[name], raw, where)
            sources[name] = source

    for name, raw in given.items():
        take(name, raw, f"--{name.replace('_', '-')} on the command line", "command line")
    for name, row in SETTINGS.items():
        if row.environment in env:
            take(name, env[row.environment], f"{row.environment} in the environment", "environment")
    folder = values.get("data", SETTINGS["data"].default)
    for name, raw in _file_values(folder / CONFIG_FILE).items():
        take(name, raw, f"{name} in {folder / CONFIG_FILE}", str(folder / CONFIG_FILE))
    for name in SETTINGS:
        sources.setdefault(name, "default")
    unknown = tuple(
        sorted(
            key
            for key in env
            if key.startswith(ENVIRONMENT_PREFIX)
            and not key.startswith(NOT_SETTINGS)
            and key.removeprefix(ENVIRONMENT_PREFIX).lower() not in SETTINGS
        )
    )
    return Loaded(_derive(values, sources), sources, unknown)


def shown(loaded: Loaded) -> dict[str, dict[str, Any]]:
    """Rows for `holdfast config show`: name -> value (JSON-ready, secrets hidden), source, doc, unit."""
    rows = {}
    for name, row in SETTINGS.items():
        value = getattr(loaded.settings, name)
        if row.about.secret and value is not None:
            value = "(hidden)"
        elif isinstance(value, Path):
            value = str(value)
        elif isinstance(value, tuple):
            value = list(value)
        rows[name] = {
            "value": value,
            "source": loaded.sources[name],
            "doc": row.about.doc,
            "unit": row.about.unit,
        }
    return rows


def _file_values(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError:
        raise ConfigError(f"{path} cannot be read by this user; change its owner or permissions") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from None
    for name in table:
        if name == "data":
            raise ConfigError(
                f"data in {path}: a file cannot move its own folder; use --data or HOLDFAST_DATA"
            )
        if name not in SETTINGS:
            raise ConfigError(f"{name} in {path} is not a setting{_did_you_mean(name)}")
    return table


def _did_you_mean(name: str) -> str:
    import difflib

    close = difflib.get_close_matches(name, SETTINGS, n=1)
    return f"; did you mean {close[0]}?" if close else "; `holdfast config show` lists them all"


def _parse(row: Setting, raw: Any, where: str) -> Any:
    kind, optional = row.type, False
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        kind = next(arm for arm in typing.get_args(kind) if arm is not type(None))
        optional = True
    shown_raw = "the value" if row.about.secret else f"'{raw}'"
    if raw == "" and (optional or row.about.derived):
        return row.default
    try:
        return _convert(row, kind, raw)
    except ValueError as error:
        raise ConfigError(f"{where}: {shown_raw} is not {error}") from None


def _convert(row: Setting, kind: Any, raw: Any) -> Any:
    """The value in its type; raises ValueError with what it should have been."""
    if kind is int:
        return _whole_number(row, raw)
    if kind is bool:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and raw.lower() in ("true", "yes", "1", "on", "false", "no", "0", "off"):
            return raw.lower() in ("true", "yes", "1", "on")
        raise ValueError("true or false")
    if typing.get_origin(kind) is Literal:
        choices = typing.get_args(kind)
        if raw in choices:
            return raw
        raise ValueError("one of " + ", ".join(choices))
    if typing.get_origin(kind) is tuple:
        if isinstance(raw, str):
            raw = [part.strip() for part in raw.split(",") if part.strip()]
        if isinstance(raw, list | tuple) and all(isinstance(part, str) for part in raw):
            return tuple(raw)
        raise ValueError("a list of texts (separated by commas)")
    if kind is Path:
        if isinstance(raw, str | Path) and str(raw):
            return Path(raw).expanduser()
        raise ValueError("a path")
    if isinstance(raw, str):
        return raw
    raise ValueError("a text")


def _whole_number(row: Setting, raw: Any) -> int:
    low, high = row.about.minimum, row.about.maximum
    number: int | None = None
    if isinstance(raw, int) and not isinstance(raw, bool):
        number = raw
    elif isinstance(raw, str) and raw.strip().removeprefix("-").isdecimal():
        number = int(raw)
    if number is None or (low is not None and number < low) or (high is not None and number > high):
        raise ValueError(f"a whole number between {low} and {high}")
    return number


def _derive(values: dict[str, Any], sources: dict[str, str]) -> Settings:
    raw = Settings(**values)
    if not _names_a_host(_bracketed(raw.host)):
        raise ConfigError(
            f"host ({sources['host']}): '{raw.host}' is not an address to listen on, such as 127.0.0.1"
        )
    local = _is_this_machine(raw.host) or raw.host in ("0.0.0.0", "::")
    domain = raw.domain or (f"localhost:{raw.port}" if local else f"{_bracketed(raw.host)}:{raw.port}")
    _check_domain(domain, sources["domain"])
    scheme = "http" if _is_this_machine(_host_of(domain)) else "https"
    public_url = (raw.public_url or f"{scheme}://{domain}").rstrip("/")
    _check_public_url(public_url, sources["public_url"])
    _check_database_url(raw.database_url, sources["database_url"])
    if raw.page_size_default > raw.page_size_max:
        raise ConfigError("page_size_default is larger than page_size_max")
    if raw.accounts_page_size_default > raw.accounts_page_size_max:
        raise ConfigError("accounts_page_size_default is larger than accounts_page_size_max")
    if raw.poll_min_seconds > raw.poll_max_seconds:
        raise ConfigError("poll_min_seconds is larger than poll_max_seconds")
    for network in raw.trusted_proxies:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise ConfigError(
                f"trusted_proxies ({sources['trusted_proxies']}): '{network}' is not an address or network"
            ) from None
    _check_second_opinions(raw, sources)
    _check_outbound(raw, sources)
    _check_media(raw, sources)
    _check_notices(raw, sources)
    for address in raw.relaunch_addresses:
        if not is_web_address(address):
            raise ConfigError(
                f"relaunch_addresses ({sources['relaunch_addresses']}): '{address}' is not like"
                " https://mirror.example.org/relaunch.json"
            )
    # A relative file is one beside holdfast.toml, wherever the command was started.
    files = {
        name: raw.data / getattr(raw, name) for name in SETTINGS if _is_file(name) and getattr(raw, name)
    }
    return msgspec.structs.replace(raw, domain=domain.lower(), public_url=public_url, **files)


def _is_file(name: str) -> bool:
    return name.endswith("_file")


def _check_domain(domain: str, source: str) -> None:
    if not _names_a_host(domain):
        raise ConfigError(f"domain ({source}): '{domain}' is not a name such as example.org")


def _names_a_host(text: str) -> bool:
    return bool(_host_of(text)) and all(char.isprintable() and char not in " /@?#" for char in text)


def _check_public_url(url: str, source: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ConfigError(f"public_url ({source}): '{url}' is not an address such as https://example.org")


def _check_database_url(url: str | None, source: str) -> None:
    if url is not None and urlsplit(url).scheme not in ("postgresql", "postgres"):
        # The value may hold a password, so it is not repeated.
        raise ConfigError(f"database_url ({source}): it must begin with postgresql://")


def _check_outbound(raw: Settings, sources: dict[str, str]) -> None:
    for name in ("outbound_ports", "outbound_private_allowed"):
        given = {"outbound_ports": (), "outbound_private_allowed": (), name: getattr(raw, name)}
        try:
            read_allowed(given["outbound_ports"], given["outbound_private_allowed"])
        except Invalid as error:
            raise ConfigError(f"{name} ({sources[name]}): {error.public}") from None
    if raw.outbound_proxy_url and (problem := proxy_problem(raw.outbound_proxy_url)):
        raise ConfigError(f"outbound_proxy_url ({sources['outbound_proxy_url']}): {problem}")


def _check_media(raw: Settings, sources: dict[str, str]) -> None:
    store = urlsplit(raw.media_store_url)
    if raw.media_store_url and (store.scheme != "s3" or not store.netloc):
        raise ConfigError(
            f"media_store_url ({sources['media_store_url']}): '{raw.media_store_url}' is not like s3://bucket/prefix"
        )
    if raw.media_url:
        parts = urlsplit(raw.media_url)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.path.strip("/")
        ):
            raise ConfigError(
                f"media_url ({sources['media_url']}): '{raw.media_url}' is not like https://media.example.org"
            )


def _check_notices(raw: Settings, sources: dict[str, str]) -> None:
    where = raw.notice_lmtp_listen
    host, _, port = where.rpartition(":")
    if where and not where.startswith("unix:/") and not (host and port.isdecimal() and int(port) < 65_536):
        raise ConfigError(
            f"notice_lmtp_listen ({sources['notice_lmtp_listen']}): '{where}' is not like 127.0.0.1:8424 or unix:/run/x.sock"
        )
    for row in raw.notice_mail_addresses:
        if "@" not in row.partition("=")[0]:
            raise ConfigError(
                f"notice_mail_addresses ({sources['notice_mail_addresses']}): '{row}' is not like abuse@example.org=host.abuse"
            )
    if (where or raw.notice_imap_host) and not raw.notice_mail_addresses:
        raise ConfigError(
            "notice_lmtp_listen or notice_imap_host sets up mail for the notice desk, so notice_mail_addresses must name its addresses"
        )


def _check_second_opinions(raw: Settings, sources: dict[str, str]) -> None:
    unknown = set(raw.second_opinion_visibilities) - set(_VISIBILITIES)
    if unknown:
        raise ConfigError(
            f"second_opinion_visibilities ({sources['second_opinion_visibilities']}): '{min(unknown)}' is not one of "
            + ", ".join(_VISIBILITIES)
        )
    if not raw.second_opinion_url:
        return
    if not raw.second_opinion_model:
        raise ConfigError("second_opinion_url is set, so second_opinion_model must name a model")
    if problem := endpoint_problem(raw.second_opinion_url):
        raise ConfigError(f"second_opinion_url ({sources['second_opinion_url']}): {problem}")
    if raw.second_opinion_proxy_url and (problem := proxy_problem(raw.second_opinion_proxy_url)):
        raise ConfigError(f"second_opinion_proxy_url ({sources['second_opinion_proxy_url']}): {problem}")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _host_of(domain: str) -> str:
    try:
        return urlsplit(f"//{domain}").hostname or ""
    except ValueError:
        return ""


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
