"""`holdfast moderation`: screening from the terminal. Judging texts needs no server and no database."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

import msgspec
import typer

from holdfast.main.cli.held import app as held_app
from holdfast.main.cli.rules import RulesOption
from holdfast.main.cli.rules import app as rules_app
from holdfast.pure.errors import Invalid
from holdfast.screening import Content, Problem, Screen, Verdict, load_rules, load_screen

MAX_LINE_BYTES = 4 * 1024 * 1024
"""Longest line that `classify` reads; longer lines are reported and skipped."""

app = typer.Typer(help="Screening: judge texts, check rules.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
app.add_typer(held_app, name="held")


class _Row(msgspec.Struct):
    """One line of input; other keys are passed over."""

    text: str
    id: str | int | None = None
    spoiler_text: str = ""
    language: str | None = None


@app.callback()
def _moderation() -> None:
    """Screening: judge texts, check rules."""


@app.command()
def classify(
    file: Annotated[
        str | None, typer.Argument(help='JSON lines {"id", "text"}, plain or .gz; "-" is standard input.')
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="Judge this one text.")] = None,
    rules: RulesOption = None,
) -> None:
    """Judge texts: JSON lines in, JSON lines out. Broken lines are reported on standard error and skipped."""
    if (file is None) == (text is None):
        raise typer.BadParameter('give either --text "..." or a FILE ("-" for standard input)')
    screen = _screen(rules)
    if text is not None:
        _write(sys.stdout.buffer, None, screen.assess(Content(text=text)))
        return
    with ExitStack() as stack:
        source = _open(file or "-", stack)
        broken = _classify_lines(source, screen, sys.stdout.buffer)
    if broken:
        sys.stderr.write(f"holdfast: {broken} broken lines skipped\n")


def _screen(rules: Path | None) -> Screen:
    loaded = load_rules(rules)
    if any(problem.where == "file" for problem in loaded.problems):
        raise Invalid("; ".join(str(problem) for problem in loaded.problems if problem.where == "file"))
    _report(loaded.problems)
    return load_screen(rules, log_problems=False)


def _report(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        sys.stderr.write(f"holdfast: {problem}\n")


def _open(file: str, stack: ExitStack) -> BinaryIO:
    """The bytes of a file or of standard input, unpacked when they are gzip."""
    if file == "-":
        buffered: Any = io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False))
    else:
        try:
            buffered = Path(file).open("rb")  # noqa: SIM115 - closed by the stack
            stack.callback(buffered.close)
        except OSError as error:
            raise Invalid(f"{file} cannot be read: {error.strerror}") from None
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        return cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=buffered)))
    return cast(BinaryIO, buffered)


def _lines(source: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """(line number, line), None for a line that is too long; a damaged gzip file ends the reading."""
    number = 0
    try:
        while line := source.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) <= MAX_LINE_BYTES:
                yield number, line
                continue
            while line and not line.endswith(b"\n"):
                line = source.readline(MAX_LINE_BYTES)
            yield number, None
    except (OSError, EOFError, zlib.error) as error:
        sys.stderr.write(f"holdfast: after line {number}: the input is damaged and ends here: {error}\n")


def _classify_lines(source: BinaryIO, screen: Screen, out: BinaryIO) -> int:
    """Judge line by line; returns the number of broken lines."""
    decoder = msgspec.json.Decoder(_Row)
    broken = 0
    for number, line in _lines(source):
        if line is not None and not line.strip():
            continue
        try:
            if line is None:
                raise msgspec.DecodeError(f"longer than {MAX_LINE_BYTES} bytes")
            row = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            broken += 1
            sys.stderr.write(f"holdfast: line {number}: {error}\n")
            continue
        content = Content(text=row.text, spoiler_text=row.spoiler_text, language=row.language)
        _write(out, row.id if row.id is not None else str(number), screen.assess(content))
    return broken


def _write(out: BinaryIO, identifier: str | int | None, verdict: Verdict) -> None:
    answer = {
        "id": identifier,
        "scores": verdict.scores,
        "verdict": verdict.action,
        "lane": verdict.lane,
        "rules": verdict.rules,
        "evidence": verdict.evidence,
        "version": verdict.version,
    }
    out.write(msgspec.json.encode(answer) + b"\n")
    out.flush()
