import { describe, expect, it } from "vitest";
import en from "../src/i18n/desk.en.json";
import fr from "../src/i18n/desk.fr.json";
import { marked } from "../src/pages/desk/marks";
import { actionOf, draftOf, GROUPS, inDays, mayAdd, restricts, rulingOf, type Kind } from "../src/pages/desk/rulings";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const KINDS = GROUPS.flatMap(([, kinds]) => [...kinds]);

describe("the desk", () => {
  it("speaks both languages with the same keys and values", () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) {
      const values = (of: string) => (of.match(/\{\w+\}/g) ?? []).sort();
      expect(values((fr as Record<string, string>)[key] ?? ""), key).toEqual(values(text));
    }
  });
  it("marks evidence by code points, each part once", () => {
    expect(marked("🦆 bad day", [[2, 5], [3, 5]])).toEqual([
      { text: "🦆 ", found: false }, { text: "bad", found: true }, { text: " day", found: false },
    ]);
    expect(marked("short", [[3, 99]]).at(-1)).toEqual({ text: "rt", found: true });
  });
  it("gives every ruling one key, and nothing for others", () => {
    expect(rulingOf("w")?.kind).toBe("withdraw");
    expect(rulingOf("1")?.kind).toBe("withdraw");
    expect(rulingOf("9")?.kind).toBe("suspend");
    expect(rulingOf("")).toBeUndefined();
    expect(rulingOf("0")).toBeUndefined();
  });
  it("has words for every action that can be decided", () => {
    expect(new Set(KINDS).size).toBe(KINDS.length);
    for (const kind of KINDS) {
      expect(en, kind).toHaveProperty([kind]);
      expect(en, kind).toHaveProperty([`act.${kind}`]);
    }
  });
  it("sends of an action what it uses and nothing else", () => {
    expect(actionOf({ ...draftOf("label"), label: " satire " })).toEqual({ kind: "label", label: "satire" });
    expect(actionOf(draftOf("withdraw"))).toEqual({ kind: "withdraw" });
    expect(actionOf({ ...draftOf("withdraw"), until: "2030-01-01" })).toEqual({ kind: "withdraw" });
    expect(actionOf({ ...draftOf("block_link"), value: "shop.example", existing: false })).toEqual({ kind: "block_link", value: "shop.example", existing: false });
    expect(actionOf({ ...draftOf("refer"), authority: "The police", note: "A threat" })).toEqual({ kind: "refer", authority: "The police", note: "A threat", sealed: false });
  });
  it("lets a label be chosen, and ends what usually ends", () => {
    expect(draftOf("label", NOW).label).toBe("");
    expect(draftOf("freeze", NOW).until).toBe(inDays(7, NOW));
    expect(draftOf("hide", NOW).until).toBe("");
    const until = String(actionOf({ ...draftOf("suspend"), until: "2030-01-31" }).until);
    expect(new Date(until).getTime()).toBe(new Date("2030-01-31T23:59:59").getTime());
  });
  it("offers what goes with what was chosen", () => {
    const with_ = (chosen: Kind[]) => KINDS.filter((kind) => mayAdd(chosen, kind));
    expect(with_([])).toEqual(KINDS);
    expect(with_(["dismiss"])).toEqual([]);
    expect(with_(["hide"])).not.toContain("withdraw");
    expect(with_(["restore"])).not.toContain("suspend");
    expect(with_(["suspend"])).not.toContain("restore");
    expect(with_(["label"])).toContain("label");
    expect(with_(["warn"])).not.toContain("warn");
  });
  it("asks for reasons when something is taken away", () => {
    expect(restricts(["restore"])).toBe(false);
    expect(restricts(["refer"])).toBe(false);
    expect(restricts(["refer", "warn"])).toBe(true);
  });
});
