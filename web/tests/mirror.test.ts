import { describe, expect, it } from "vitest";
import desk from "../src/i18n/desk.en.json";
import en from "../src/i18n/mirror.en.json";
import fr from "../src/i18n/mirror.fr.json";
import notices from "../src/i18n/notices.en.json";
import { condition, safety, size, type Mirror, type Store } from "../src/pages/desk/mirror/mirror";

const store = (more: Partial<Store> = {}): Store => ({ name: "one", address: "file:///one", owner: "", jurisdiction: "", mode: "live", seconds_behind: 0.2, bytes_behind: 0, last_error: "", has_newest_kit: true, ...more });
const shipper = { written_at: "2026-03-01T00:00:00Z", degraded_since: null, cause: "", stale: false, superseded_by: null, needs_base: false, retained_bytes: 0, cap_bytes: 1 };
const mirror = (more: Partial<Mirror> = {}): Mirror => ({ configured: true, read_only: null, moved_to: null, problems: [], stores: [store()], shipper, ...more });

describe("the mirror at the desk", () => {
  it("speaks both languages with the same keys and values, and none that the desk has already", () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
    expect(Object.keys(en).filter((key) => key in desk || key in notices)).toEqual([]);
    for (const [key, text] of Object.entries(en)) {
      const values = (of: string) => (of.match(/\{\w+\}/g) ?? []).sort();
      expect(values((fr as Record<string, string>)[key] ?? ""), key).toEqual(values(text));
    }
  });
  it("says the worst first", () => {
    expect(safety(mirror())).toBe("mirrored");
    expect(safety(mirror({ shipper: { ...shipper, degraded_since: "2026-03-01T00:00:00Z" } }))).toBe("degraded");
    expect(safety(mirror({ shipper: { ...shipper, degraded_since: "2026-03-01T00:00:00Z", stale: true } }))).toBe("silent");
    expect(safety(mirror({ shipper: null }))).toBe("silent");
    expect(safety(mirror({ shipper: { ...shipper, superseded_by: 2 } }))).toBe("superseded");
    expect(safety(mirror({ stores: [] }))).toBe("none");
    expect(safety(mirror({ configured: false, stores: [], read_only: "unheld" }))).toBe("unheld");
  });
  it("tells how a store stands", () => {
    expect(condition(store())).toBe("well");
    expect(condition(store({ seconds_behind: 5 }))).toBe("late");
    expect(condition(store({ last_error: "full" }))).toBe("bad");
    expect(condition(store({ mode: "away" }))).toBe("bad");
    expect(condition(store({ mode: null, seconds_behind: null }))).toBe("unseen");
  });
  it("writes sizes for people", () => {
    expect(size(0, "en")).toBe("0 kB");
    expect(size(112, "en")).toBe("0.1 kB");
    expect(size(999_000, "en")).toBe("999 kB");
    expect(size(1_500_000, "en")).toBe("1.5 MB");
    expect(size(2e15, "en")).toBe("2,000 TB");
  });
});
