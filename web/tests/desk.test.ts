import { describe, expect, it } from "vitest";
import en from "../src/i18n/desk.en.json";
import fr from "../src/i18n/desk.fr.json";
import { marked } from "../src/pages/desk/marks";
import { actionOf, rulingOf } from "../src/pages/desk/rulings";

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
    expect(actionOf("label", "satire")).toEqual({ kind: "label", label: "satire" });
  });
});
