import { describe, expect, it } from "vitest";
import desk from "../src/i18n/desk.en.json";
import en from "../src/i18n/notices.en.json";
import fr from "../src/i18n/notices.fr.json";
import { pressing, snapshotText, urgency, type Clock } from "../src/pages/desk/notices/notices";

const clock = (more: Partial<Clock>): Clock => ({
  id: "1", name: "reply", state: "running", purpose: "act", bound: "contract", words: "", zone: "UTC", starts_at: null, due_at: "2026-03-02T00:00:00Z", left_seconds: 3600, share: 0.5,
  met_at: null, breached_at: null, ended_at: null, pausable: true, pauses: [], extensions: [], ...more,
});

describe("notices at the desk", () => {
  it("speak both languages with the same keys and values, and none that the desk has already", () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
    expect(Object.keys(en).filter((key) => key in desk)).toEqual([]);
    for (const [key, text] of Object.entries(en)) {
      const values = (of: string) => (of.match(/\{\w+\}/g) ?? []).sort();
      expect(values((fr as Record<string, string>)[key] ?? ""), key).toEqual(values(text));
    }
  });
  it("press by the clock that ends first, of those that still run and ask for something", () => {
    const later = clock({ id: "2", due_at: "2026-03-03T00:00:00Z" });
    const kept = clock({ id: "3", purpose: "keep", due_at: "2026-03-01T00:00:00Z" });
    const met = clock({ id: "4", met_at: "2026-03-01T00:00:00Z", due_at: "2026-03-01T00:00:00Z" });
    expect(pressing([later, kept, met, clock({})])?.id).toBe("1");
    expect(pressing([kept, met, clock({ due_at: null })])).toBeNull();
  });
  it("tell how the time stands", () => {
    expect(urgency(null)).toBe("none");
    expect(urgency(clock({}))).toBe("calm");
    expect(urgency(clock({ share: 0.75 }))).toBe("soon");
    expect(urgency(clock({ left_seconds: -1, share: 1.2 }))).toBe("late");
  });
  it("show what people read of a snapshot", () => {
    expect(snapshotText({ id: "1", text: "words" })).toBe("words");
    expect(snapshotText({ text: "", note: "about me" })).toBe("about me");
    expect(snapshotText({ id: "1" })).toBe("");
  });
});
