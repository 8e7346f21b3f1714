"""What no committed text may say. Patterns are written so that they do not match themselves ([x] for x)."""

from __future__ import annotations

import re
from pathlib import Path

from tests.tidy.tree import Violation, relative, text, text_files

_LEFT_OVER = re.compile(r"\b([T]ODO|[F]IXME|[X]XX)\b")

# An address of a package index ties the locks, and so a rebuilt site, to one provider.
_INDEX = re.compile(
    r"\b([p]ypi\.org|[p]ypi\.python\.org|files\.[p]ythonhosted\.org|registry\.[n]pmjs\.org|registry\.[y]arnpkg\.com"
    r"|npm\.[p]kg\.github\.com|static\.[c]rates\.io|index\.[c]rates\.io|proxy\.[g]olang\.org|[r]ubygems\.org"
    r"|[g]hcr\.io|[q]uay\.io|[r]egistry-1\.docker\.io)\b",
    re.IGNORECASE,
)

# A path of one machine. It must start an absolute path, so that /api/v1/timelines/home and {root}/work are fine.
_MACHINE_PATH = re.compile(r"(?<![\w/.}$)~\-])/(?:work|root|home)/[\w.]")
_SCRATCH_PATH = re.compile(r"(?<![\w/.}$)~\-])/tmp(?:/|\b)")

_NOT_OURS_TO_SAY = re.compile(
    r"\b(AI[ -][a]ssistants?|coding [a]ssistants?|[s]ub-?agents?|as an [A]I|AI[ -](?:[g]enerated|[w]ritten|[a]uthored)"
    r"|AI [m]odel wrote|[C]hatGPT|[A]nthropic|[C]opilot|Claude [C]ode"
    r"|(?:in|during|from|by) (?:[a]n earlier|[t]he previous|[a] previous|[m]y|[o]ur last) session"
    r"|[w]orking session|[s]ession report|filed by [a] session)\b",
    re.IGNORECASE,
)
# In prose about the project; in the code, a browser's session is what it says.
_SESSION = re.compile(r"\b[t]his session\b", re.IGNORECASE)


def _search(root: Path, rule: str, pattern: re.Pattern[str], message: str, *folders: str) -> list[Violation]:
    found = []
    for path in text_files(root):
        name = relative(root, path)
        if folders and not name.startswith(folders):
            continue
        content = text(path)
        if not pattern.search(content):
            continue
        for number, line in enumerate(content.splitlines(), 1):
            match = pattern.search(line)
            if match:
                found.append(Violation(name, number, rule, f"{match.group(0)!r}: {message}"))
    return found


def left_overs(root: Path) -> list[Violation]:
    message = "finish it, or file it where work is tracked"
    return _search(root, "left-overs", _LEFT_OVER, message)


def index_addresses(root: Path) -> list[Violation]:
    message = "the package index is the operator's choice; leave its address out"
    return _search(root, "index-addresses", _INDEX, message)


def machine_paths(root: Path) -> list[Violation]:
    message = "a path of one machine; make it relative or a setting"
    everywhere = _search(root, "machine-paths", _MACHINE_PATH, message)
    return everywhere + _search(root, "machine-paths", _SCRATCH_PATH, message, "src/", "docs/")


def words(root: Path) -> list[Violation]:
    message = "the repository speaks of the product, not of how it came to be written"
    found = _search(root, "words", _NOT_OURS_TO_SAY, message)
    prose = [v for v in _search(root, "words", _SESSION, message) if v.path.endswith(".md")]
    return found + [v for v in prose if not v.path.startswith(("docs/guide/", "docs/reference/"))]
