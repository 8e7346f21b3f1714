/** What the server tells a member of decisions, appeals and reports. */

export interface AppealState {
  id: string;
  kind: "decision" | "hold" | "report";
  filed_at: string;
  due_at: string;
  late: boolean;
  outcome: "upheld" | "partial" | "overturned" | "settled" | null;
  decided_at: string | null;
}

export interface Appeal extends AppealState {
  status_id: string | null;
  report_id: string | null;
  answer: string;
  record_id: string;
  can_add: boolean;
  messages: { from: "staff" | "you"; text: string; at: string }[];
}

export interface Statement {
  id: string;
  language: string;
  subject: string;
  text: string;
  status_ids: string[];
  record_id: string;
  reverses_id: string | null;
  reversed_by_id: string | null;
  sent_at: string;
  read_at: string | null;
  can_appeal: boolean;
  appeal_until: string | null;
  appeal: AppealState | null;
}

export interface Held {
  status_id: string;
  since: string;
  returns_at: string | null;
  can_appeal: boolean;
  appeal_id: string | null;
}

export interface OwnReport {
  id: string;
  about: string | null;
  status_ids: string[];
  category: "spam" | "legal" | "violation" | "other";
  comment: string;
  created_at: string;
  outcome: "waits" | "actioned" | "no_violation" | "closed";
  decided_at: string | null;
  record_id: string | null;
  can_appeal: boolean;
  appeal_id: string | null;
}

export const API = "/api/holdfast/v1";

export interface Part {
  kind: "heading" | "text" | "list";
  lines: string[];
}

/** What was decided, in the first words that say it; the subject of all statements is the same. */
export function summaryOf(one: { subject: string; text: string }): string {
  return partsOf(one.text).find((part) => part.kind === "list")?.lines[0] ?? one.subject;
}

/** The text of a statement as headings, paragraphs and lists: what begins with `##` and `-` in it. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  for (const block of text.split("\n\n")) {
    let open: Part | null = null;
    for (const line of block.split("\n")) {
      if (!line.trim()) continue;
      const kind = line.startsWith("- ") ? "list" : line.startsWith("## ") ? "heading" : "text";
      const words = kind === "list" ? line.slice(2) : kind === "heading" ? line.slice(3) : line;
      if (kind === "list" && open?.kind === "list") open.lines.push(words);
      else parts.push((open = { kind, lines: [words] }));
    }
  }
  return parts;
}
