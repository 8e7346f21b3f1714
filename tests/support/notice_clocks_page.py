"""The table of docs/reference/notice-clocks.md, made of the shipped presets: python -m tests.support.notice_clocks_page."""

from __future__ import annotations

from pathlib import Path

from holdfast.pure.deadlines import ClockPreset, Presets, Purpose, Span, shipped_presets

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "notice-clocks.md"
_BEGIN, _END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def table(presets: Presets) -> str:
    """One row for each clock."""
    lines = [
        "| preset | sent by, or started when | place | clock | time | counted from | bound by | lane |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for preset in presets.presets.values():
        for clock in preset.clock:
            cells = (
                f"`{preset.name}`", preset.trigger, preset.jurisdiction, f"`{clock.name}`", _time(clock), str(clock.basis),
                str(clock.bound), preset.lane,
            )  # fmt: skip
            lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "| preset | what else it asks for | source | mark |", "|---|---|---|---|"]
    for preset in presets.presets.values():
        duties = "; ".join(preset.duties) or "-"
        lines.append(f"| `{preset.name}`: {preset.title} | {duties} | {preset.source} | {preset.mark} |")
    return "\n".join(lines) + "\n"


def _time(clock: ClockPreset) -> str:
    if clock.duration is None:
        return f"no figure: {clock.words}"
    words = _span(clock.duration)
    if clock.not_before is not None:
        words = f"not before {_span(clock.not_before)}, within {words}"
    return f"keep for {words}" if clock.purpose is Purpose.KEEP else words


def _span(span: Span) -> str:
    unit = str(span.unit).replace("_", " ")
    return f"{span.amount} {unit[:-1] if span.amount == 1 else unit}"


def main() -> None:
    """Write the table into the page."""
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PAGE.write_text(before + _BEGIN + table(shipped_presets()) + _END + after, "utf-8")


if __name__ == "__main__":
    main()
