"""Answers what was disputed, from an evidence bundle alone: with Python's standard library, `sha256sum` and `openssl`.

    python3 disputed_questions.py BUNDLE.zip [--json]

Each answer names the records that it rests on, with their times; what the bundle does not hold is said to be missing. Nothing is
believed that is not committed to in a leaf of the log whose proof was computed here. Exit status: 0 all questions have an answer,
3 some cannot be answered, 2 the bundle is not what it says.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
import sys
import tempfile
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from bag import Broken, Bundle  # type: ignore[import-not-found, unused-ignore]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def named(leaf: dict[str, Any]) -> str:
    return f"{leaf['k']} {leaf['id']} (leaf {leaf['index']}, {leaf['t']})"


def hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h"


class Answers:
    """One method for each row of the table."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.received = bundle.of_kind("notice.received")
        self.notice_of = {one["record"]["record_id"]: one for one in bundle.notices if one["record"]}

    def all(self) -> list[dict[str, Any]]:
        found = []
        for method in (
            self.received_when, self.flagged_what, self.acted_how_fast, self.answered, self.against_policy, self.backlog,
            self.effective, self.breach, self.leaked, self.police,
        ):  # fmt: skip
            question, said, records, missing = method()
            found.append(
                {
                    "question": question,
                    "answer": said,
                    "records": [named(one) for one in records],
                    "cannot": missing,
                }
            )
        return found

    def received_when(self) -> Any:
        lines, missing = [], []
        for leaf in self.received:
            told = self.bundle.opened(leaf["id"], "notice")
            raw = self.bundle.openings.get((leaf["id"], "raw"))
            if told is None or raw is None:
                missing.append(f"{leaf['id']}: the text stays closed; the leaf says that and when it came")
                continue
            if hashlib.sha256(raw).hexdigest() != told["raw_sha256"]:
                raise Broken(f"{leaf['id']}: the mail is not the one that was recorded")
            check = told["verification"]
            mail = email.message_from_bytes(raw, policy=email.policy.default)
            lines.append(
                f"{leaf['t']} {mail['From']}: {mail['Subject']}; sender shown by {check['how']}; sha256 {told['raw_sha256'][:16]}"
            )
        acknowledged = self.bundle.of_kind("notice.ack")
        stamped = [
            leaf for leaf in self.received if any(size > leaf["index"] for size, _ in self.bundle.stamps)
        ]
        if len(stamped) < len(self.received):
            missing.append(
                f"{len(self.received) - len(stamped)} of {len(self.received)} have no RFC 3161 stamp in the bundle: only this log's own signed clock dates them"
            )
        said = [
            f"{len(self.received)} notices were received, each recorded when it came; {len(acknowledged)} receipts went back.",
            *lines,
        ]
        return "Were warnings received, when, by whom?", said, [*self.received, *acknowledged], missing

    def flagged_what(self) -> Any:
        leaves = [
            one for one in self.bundle.of_kind("notice.item") if (one["id"], "item") in self.bundle.openings
        ]
        by_host, repeats, again, unfound, lost = Counter[str](), 0, 0, 0, []
        for notice in self.bundle.notices:
            for item in notice["items"]:
                by_host[notice["sender"]] += 1
                repeats += item["outcome"] == "duplicate" or bool(item["duplicate_of"])
                again += bool(item.get("named_before"))
                unfound += item["subject"].startswith(("unresolved", "page", "elsewhere"))
        for leaf in leaves:
            snapshot = self.bundle.openings.get((leaf["id"], "snapshot"))
            if leaf["p"].get("found") == "post" and snapshot is None:
                lost.append(leaf["id"])
        total = sum(one["p"]["items"] for one in self.received)
        said = [
            f"{total} items in {len(self.received)} notices by the leaves; {len(leaves)} items opened here, {len(leaves) - len(lost)} with the content as it was or nothing to keep.",
            *(f"{sender}: {count} items" for sender, count in by_host.most_common()),
            f"{repeats} repeat what stands in the same notice, {again} what an earlier one named; {unfound} led to nothing here.",
        ]
        if len(leaves) != total:
            lost.append(f"{total - len(leaves)} items are not opened")
        return "What exactly was flagged?", said, leaves, lost

    def acted_how_fast(self) -> Any:
        decisions = {one["id"]: one for one in self.bundle.of_kind("decision")}
        spans, first, rows, used, open_items = [], [], [], {}, []
        for notice in self.bundle.notices:
            came = at(notice["received_at"])
            per = []
            for item in notice["items"]:
                where = f"{notice['reference']} item {item['n']}"
                if item["outcome"] is None:
                    open_items.append(f"{where} has no outcome")
                    continue
                if item["seen_at"]:
                    first.append(max((at(item["seen_at"]) - came).total_seconds(), 0))
                if item["outcome"] != "actioned":
                    continue
                found = [
                    decisions[one["record_id"]] for one in item["records"] if one["record_id"] in decisions
                ]
                if not found:
                    open_items.append(f"{where} says that it was acted on, and no decision is in the log")
                    continue
                used[found[0]["id"]] = found[0]
                per.append(max((at(found[0]["t"]) - came).total_seconds(), 0))
            spans += per
            if per:
                rows.append(
                    f"{notice['reference']}: {len(per)} acted on, median {hours(median(per))}, slowest {hours(max(per))}"
                )
        said = [
            f"{len(spans)} items were acted on, each by a decision in the log: median {hours(median(spans))}, slowest {hours(max(spans))}."
            if spans
            else "Nothing was acted on."
        ]
        if first:
            said.append(
                f"First look by a person: median {hours(median(first))}, slowest {hours(max(first))}."
            )
        return "Was each item acted on, how fast?", said + rows, list(used.values()), open_items

    def answered(self) -> Any:
        lines, missing, used = [], [], []
        for notice in self.bundle.notices:
            replies = [
                one for one in notice["messages"] if one["direction"] == "out" and one["kind"] == "answer"
            ]
            if not replies:
                missing.append(f"{notice['reference']} of {notice['received_at']}: no answer is on record")
            for one in replies:
                leaf = self.bundle.leaves[one["record"]["record_id"]]
                used.append(leaf)
                raw = self.bundle.openings.get((leaf["id"], "raw"))
                if raw is None:
                    missing.append(f"{leaf['id']}: the answer stays closed")
                    continue
                mail = email.message_from_bytes(raw, policy=email.policy.default)
                deliveries = [
                    delivery for delivery in self.bundle.of_kind("notice.message")
                    if leaf["id"] in self.bundle.about(delivery) and delivery["p"].get("cause", "").startswith("delivery.")
                ]  # fmt: skip
                used += deliveries
                end = deliveries[-1]["p"]["outcome"] if deliveries else "not by mail"
                took = (at(leaf["t"]) - at(notice["received_at"])).total_seconds()
                lines.append(
                    f"{notice['reference']}: {leaf['t']}, {hours(took)} after it came, to {mail['To']}, in reply to {mail['In-Reply-To']}: {end}; {len(raw)} bytes, sha256 {hashlib.sha256(raw).hexdigest()[:16]}"
                )
        return "Reply: answered or ignored?", lines, used, missing

    def against_policy(self) -> Any:
        counted, missing, used = Counter[str](), [], []
        published = {one["p"]["policy"] for one in self.bundle.of_kind("policy.published")}
        texts = {path.stem for path in self.bundle.data.glob("policies/*.json")}
        for leaf in self.bundle.of_kind("decision"):
            policy = leaf["p"].get("policy")
            if policy is None:
                continue
            used.append(leaf)
            counted[policy] += 1
            if policy not in published or policy not in texts:
                missing.append(f"{policy}: its text or its publication is not in the bundle")
            if self.bundle.opened(leaf["id"], "ruling") is None:
                missing.append(f"{leaf['id']}: the reasons stay closed")
        said = [
            f"{policy}: {count} decisions, whose reasons are opened, under the text that was published before"
            for policy, count in sorted(counted.items())
        ]
        return "Was it a violation under our policy then?", said, used, sorted(set(missing))

    def backlog(self) -> Any:
        samples = self.bundle.of_kind("backlog.sample")
        if not samples:
            return "How large was the backlog?", [], [], ["no sample is in the bundle"]
        sizes = [(sum(one["p"]["open"].values()), one) for one in samples]
        most, least, last = max(sizes, key=lambda one: one[0]), min(sizes, key=lambda one: one[0]), sizes[-1]
        said = [
            f"{len(samples)} samples, signed when they were taken, {samples[0]['t']} to {samples[-1]['t']}.",
            f"Most: {most[0]} open at {most[1]['t']}; least: {least[0]} at {least[1]['t']}; last: {last[0]}.",
        ]
        return "How large was the backlog?", said, [most[1], least[1], last[1]], []

    def effective(self) -> Any:
        looks, draws = self.bundle.of_kind("quality.look"), self.bundle.of_kind("quality.draw")
        reversed_ = self.bundle.of_kind("decision.reversed")
        breaker = self.bundle.of_kind("breaker")
        decisions = self.bundle.of_kind("decision")
        missing = []
        path = self.bundle.data / "stats/quality.json"
        said = []
        if path.exists():
            quality = json.loads(path.read_text())
            said.append(
                f"Prevalence among what nothing flagged: {json.dumps(quality['prevalence'])}; agreement: {json.dumps(quality['agreement']['all'])} (computed by the server, not in the log)"
            )
        else:
            missing.append("no estimate of prevalence")
        agreed = sum(bool(one["p"].get("agreed")) for one in looks)
        said.append(f"{len(looks)} second looks, {agreed} agreed; {len(draws)} samples drawn.")
        said.append(
            f"{len(reversed_)} decisions were taken back, {len(decisions)} decisions about what was named are in the bundle."
        )
        said.append(f"The breaker moved {len(breaker)} times.")
        clocks = [
            clock
            for notice in self.bundle.notices
            for clock in notice["clocks"]
            if clock["due_at"] or clock["met_at"]
        ]
        late = [clock for clock in clocks if clock["breached_at"]]
        said.append(f"{len(clocks)} deadlines, {len(late)} missed.")
        said += [
            f"lane {row['lane']}: {row['within_target']} of {row['closed']} cases closed in time (by the server's tables)"
            for row in self.bundle.table("stats/in_time.csv")
        ]
        breaches = [one for one in self.bundle.of_kind("notice.clock") if one["p"].get("state") == "breached"]
        if late and not breaches:
            missing.append("missed deadlines have no leaf of their own")
        if not looks:
            missing.append("nobody looked a second time, so agreement is not known")
        return "Was moderation effective?", said, [*looks, *draws, *reversed_, *breaker, *breaches], missing

    def breach(self) -> Any:
        said, used, missing = [], [], []
        for leaf in self.received:
            told = self.bundle.opened(leaf["id"], "notice")
            if leaf["p"]["basis"] != "host.breach" or told is None:
                continue
            used.append(leaf)
            notice = self.notice_of.get(leaf["id"], {})
            said += [
                f"{leaf['t']} notice of breach from {told['sender'].get('email')}: clock {clock['name']} from {clock['starts_at']}, due {clock['due_at']}"
                for clock in notice.get("clocks", ())
            ]
            names = [one["name"] for one in told["attachments"]]
            said.append(f"Terms that came with it: {', '.join(names) or 'none'}")
            if not names:
                missing.append("the terms of that day are not in the bundle")
        before = Counter(one["p"]["basis"] for one in self.received)
        said.append(f"Notices by kind: {dict(sorted(before.items()))}")
        if not used:
            missing.append("no notice of breach is in the bundle: within this time none was recorded")
        return "Was a notice of breach given?", said, used, missing

    def leaked(self) -> Any:
        exports = self.bundle.of_kind("export.made", "disclosure")
        rows = self.bundle.table("custody/disclosures.csv")
        said = []
        for leaf in exports:
            recipient = self.bundle.opened(leaf["id"], "recipient")
            said.append(
                f"{leaf['t']}: {leaf['p'].get('basis', 'bundle')} about {leaf['p']['scope']} to {recipient}, sha256 {self.bundle.opened(leaf['id'], 'file')}"
            )
        said.append(
            f"{len(rows)} rows in the log of disclosures; what people said without the server is not in it."
        )
        missing = [] if exports else ["nothing was handed out in this time, by the log"]
        return "Who leaked, what was said publicly?", said, exports, missing

    def police(self) -> Any:
        referrals = self.bundle.of_kind("referral")
        told = [
            f"{leaf['t']}: {self.bundle.opened(leaf['id'], 'authority') or 'an authority, sealed'}"
            for leaf in referrals
        ]
        missing = [] if referrals else ["no referral is in the bundle: none was recorded in this time"]
        return "Did the police get told?", told, referrals, missing


def unpacked(path: Path, scratch: Path) -> Path:
    if path.is_dir():
        return path
    with zipfile.ZipFile(path) as archive:
        archive.extractall(scratch)
    [folder] = list(scratch.iterdir())
    return folder


def page(told: dict[str, Any]) -> list[str]:
    lines = [f"checked  {one}" for one in told["checked"]]
    for one in told["answers"]:
        lines += ["", one["question"], *(f"  {line}" for line in one["answer"])]
        lines += [f"    record {line}" for line in one["records"][:5]]
        if len(one["records"]) > 5:
            lines.append(f"    and {len(one['records']) - 5} more records")
        lines += [f"  CANNOT SAY  {line}" for line in one["cannot"]]
    return lines


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        try:
            bundle = Bundle(unpacked(Path(arguments[0]), Path(scratch)))
            answers = Answers(bundle).all()
        except Broken as error:
            sys.stderr.write(f"broken: {error}\n")
            return 2
    told = {"checked": bundle.checked, "answers": answers}
    sys.stdout.write(
        json.dumps(told, indent=1, ensure_ascii=False)
        if "--json" in arguments
        else "\n".join(page(told)) + "\n"
    )
    return 3 if any(not one["answer"] for one in answers) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
