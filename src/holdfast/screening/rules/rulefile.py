"""Reading rule files: TOML in, a `RuleSet` and a list of problems out. One broken part never spoils another."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from holdfast.screening.lifecycle import Stage
from holdfast.screening.model import Action, Lane
from holdfast.screening.rules import limits
from holdfast.screening.rules.banks import Bank, BankSource, Problem, compile_bank
from holdfast.screening.rules.conditions import Condition, read_condition
from holdfast.screening.rules.evaluation import Asked, banks_of, compiled, cost_of, needs_a_hit
from holdfast.screening.rules.facts import GUARD_COST
from holdfast.screening.rules.grammar import ConditionError
from holdfast.screening.rules.phrases import WordsBank
from holdfast.screening.rules.throttle import Throttle, ThrottleSource, read_throttle

DEFAULT_NAME: Final = "default"
_TOP_KEYS: Final = {"name", "version", "about", "extends", "banks", "rules"}


class RuleSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[rules]]` table of a rule file. `unless` banks take hits away; `soften` banks turn hold into flag.

    `runaway`: what happens when the rule suddenly matches far more than ever: it goes to shadow, or only the log says so.
    """

    id: str
    title: str
    when: str
    action: Action
    lane: Lane
    stage: Stage = "draft"
    languages: list[str] = []
    only_languages: bool = False
    head: str = ""
    score: float = 0.0
    unless: list[str] = []
    soften: list[str] = []
    quoted: Literal["allow", "flag", "same"] = "flag"
    reason: str = ""
    throttle: ThrottleSource | None = None
    runaway: Literal["shadow", "alarm"] = "shadow"

    def fingerprint(self) -> str:
        """Tells this rule from what it was before a change of what it matches or does, in 12 characters."""
        parts = msgspec.to_builtins(self)
        for name in ("title", "stage", "reason", "runaway"):
            del parts[name]
        return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:12]


class Rule(NamedTuple):
    """A rule that can run. `action` may be milder than the source asks (refuse without a human-made bank)."""

    source: RuleSource
    condition: Condition
    asked: Asked
    action: Action
    cost: int
    throttle: Throttle | None
    fingerprint: str


class RuleSet(NamedTuple):
    """Everything usable of a rule file. `version` is NAME@N+CONTENT-HASH."""

    version: str
    banks: Mapping[str, Bank]
    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...]


class _Parts(NamedTuple):
    """Raw tables by name with the file that each came from."""

    name: str
    version: int
    banks: dict[str, tuple[str, object]]
    rules: dict[str, tuple[str, object]]


def load_rules(path: Path | None) -> RuleSet:
    """Read the operator's file, or the default rules when `path` is None.

    Never raises for what a file holds. A file that cannot be read at all is a problem of its own and the
    default rules run in its place.
    """
    problems: list[Problem] = []
    digest = hashlib.sha256()
    parts = None if path is None else _read_file(path, problems, digest)
    if parts is None:
        if path is not None:
            problems.append(Problem(str(path), "file", "not usable; the default rules run instead"))
        parts = _read_default(problems, digest)
    banks = _compile_banks(parts.banks, problems)
    rules = _compile_rules(parts.rules, banks, problems)
    version = f"{parts.name}@{parts.version}+{digest.hexdigest()[:12]}"
    return RuleSet(version, banks, tuple(rules), tuple(problems))


def read_rules(text: str) -> RuleSet:
    """The rules of a file's text, as `load_rules` reads them. One that is no rule file at all has problems and no rules."""
    problems: list[Problem] = []
    digest = hashlib.sha256()
    parts = _read(text.encode(), "text", problems, digest) or _Parts("text", 0, {}, {})
    banks = _compile_banks(parts.banks, problems)
    rules = _compile_rules(parts.rules, banks, problems)
    version = f"{parts.name}@{parts.version}+{digest.hexdigest()[:12]}"
    return RuleSet(version, banks, tuple(rules), tuple(problems))


def _read_default(problems: list[Problem], digest: Any) -> _Parts:
    raw = resources.files("holdfast.screening.rules").joinpath("default_rules.toml").read_bytes()
    parts = _read(raw, DEFAULT_NAME, problems, digest)
    return parts or _Parts(DEFAULT_NAME, 0, {}, {})


def _read_file(path: Path, problems: list[Problem], digest: Any) -> _Parts | None:
    try:
        with path.open("rb") as file:
            raw = file.read(limits.MAX_RULE_FILE_BYTES + 1)
    except OSError as error:
        problems.append(Problem(str(path), "file", f"cannot be read: {error.strerror or error}"))
        return None
    if len(raw) > limits.MAX_RULE_FILE_BYTES:
        problems.append(Problem(str(path), "file", f"larger than {limits.MAX_RULE_FILE_BYTES} bytes"))
        return None
    return _read(raw, str(path), problems, digest)


def _read(raw: bytes, file: str, problems: list[Problem], digest: Any) -> _Parts | None:
    try:
        table = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        problems.append(Problem(file, "file", f"not TOML: {error}"))
        return None
    digest.update(raw)
    problems.extend(
        Problem(file, key, "unknown key; known are " + ", ".join(sorted(_TOP_KEYS)))
        for key in sorted(table.keys() - _TOP_KEYS)
    )
    banks: dict[str, tuple[str, object]] = {}
    rules: dict[str, tuple[str, object]] = {}
    if table.get("extends") == DEFAULT_NAME and file != DEFAULT_NAME:
        inherited = _read_default(problems, digest)
        banks.update(inherited.banks)
        rules.update(inherited.rules)
    elif "extends" in table:
        problems.append(Problem(file, "extends", f'only "{DEFAULT_NAME}" can be extended'))
    own_banks, own_rules = table.get("banks", {}), table.get("rules", [])
    if isinstance(own_banks, dict):
        banks.update({name: (file, source) for name, source in own_banks.items()})
    else:
        problems.append(Problem(file, "banks", "must be tables: [banks.NAME]"))
    if isinstance(own_rules, list):
        _collect_rules(own_rules, rules, file, problems)
    else:
        problems.append(Problem(file, "rules", "must be a list of tables: [[rules]]"))
    name, version = table.get("name"), table.get("version")
    if not isinstance(name, str) or not name or not isinstance(version, int):
        problems.append(
            Problem(file, "name, version", "give the file a name (text) and a version (whole number)")
        )
    return _Parts(str(name or "unnamed")[:64], version if isinstance(version, int) else 0, banks, rules)


def _collect_rules(
    tables: list[Any], rules: dict[str, tuple[str, object]], file: str, problems: list[Problem]
) -> None:
    seen: set[str] = set()
    for number, table in enumerate(tables, start=1):
        key = table.get("id") if isinstance(table, dict) else None
        key = key if isinstance(key, str) and key else f"#{number}"
        if key in seen:
            problems.append(Problem(file, f"rule {key}", "there are two with this id; the second is skipped"))
            continue
        seen.add(key)
        rules[key] = (file, table)


def _compile_banks(sources: dict[str, tuple[str, object]], problems: list[Problem]) -> dict[str, Bank]:
    typed: dict[str, tuple[str, BankSource]] = {}
    for name, (file, raw) in list(sources.items())[: limits.MAX_BANKS]:
        try:
            typed[name] = (file, msgspec.convert(raw, BankSource))
        except msgspec.ValidationError as error:
            problems.append(Problem(file, f"banks.{name}", str(error)))
    if len(sources) > limits.MAX_BANKS:
        problems.append(Problem("rules", "banks", f"more than {limits.MAX_BANKS}; the rest is skipped"))
    slots = {
        name: WordsBank(usable, source.trigger)
        for name, (_, source) in typed.items()
        if source.kind == "words" and (usable := [entry for entry in source.entries if entry.strip()])
    }
    banks = {}
    for name, (file, source) in typed.items():
        bank = compile_bank(name, source, slots, file, problems)
        if bank is not None:
            banks[name] = bank
    return banks


def _compile_rules(
    sources: dict[str, tuple[str, object]], banks: Mapping[str, Bank], problems: list[Problem]
) -> list[Rule]:
    rules: list[Rule] = []
    spent = 0
    for key, (file, raw) in list(sources.items())[: limits.MAX_RULES]:
        try:
            rule = _compile_rule(raw, banks)
            if spent + rule.cost > limits.MAX_TOTAL_COST:
                raise ConditionError(f"all rules together would cost more than {limits.MAX_TOTAL_COST}")
        except (msgspec.ValidationError, ConditionError) as error:
            problems.append(Problem(file, f"rule {key}", str(error)))
            continue
        spent += rule.cost
        if rule.action != rule.source.action:
            what = "may refuse only if a bank must hit and every bank it names says human_made_by; it holds instead"
            problems.append(Problem(file, f"rule {key}", what))
        rules.append(rule)
    if len(sources) > limits.MAX_RULES:
        problems.append(Problem("rules", "rules", f"more than {limits.MAX_RULES}; the rest is skipped"))
    return rules


def _compile_rule(raw: object, banks: Mapping[str, Bank]) -> Rule:
    """Check one rule. Raises ConditionError or ValidationError."""
    if isinstance(raw, dict) and not isinstance(raw.get("when", ""), str):
        raise ConditionError("when is one text, such as when = 'bank(\"threats\") && links.count > 2'")
    source = msgspec.convert(raw, RuleSource)
    condition = read_condition(source.when)
    named = banks_of(condition)
    # A missing negative bank would make the rule hit lawful text, so it stops the rule as well.
    missing = sorted((named | set(source.unless) | set(source.soften)) - banks.keys())
    if missing:
        raise ConditionError(f"needs banks that are not usable: {', '.join(missing)}")
    cost = cost_of(condition) + GUARD_COST * (len(source.unless) + len(source.soften))
    if cost > limits.MAX_RULE_COST:
        raise ConditionError(f"costs {cost}, more than {limits.MAX_RULE_COST}; ask less in one rule")
    action = source.action
    human_made = needs_a_hit(condition) and all(banks[name].source.human_made_by for name in named)
    if action == "refuse" and not human_made:
        action = "hold"
    throttle = read_throttle(source.throttle) if source.throttle else None
    return Rule(source, condition, compiled(condition), action, cost, throttle, source.fingerprint())
