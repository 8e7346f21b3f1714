import { describe, expect, test } from "vitest";
import { look, readKey, readNotice, Refused, remember, takeNotice, type Held, type Notice } from "../src/lib/relaunch";
import examples from "./relaunch.json";

const { good, vkeys } = examples;
const PLACE = "https://mirror.example/relaunch.json";

async function told(): Promise<Notice> {
  return readNotice(good, vkeys);
}

describe("notices of a relaunch", () => {
  test("are read when a known key signed them", async () => {
    expect(await told()).toEqual({
      origin: "kelp.example/evidence/1", sequence: 7, issuedAt: "2026-11-24T12:00:00Z", effectiveAt: "2026-11-24T13:00:00Z",
      addresses: ["https://kelp.example.net"], notices: ["https://mirror.example/r.json"],
    });
  });

  test.each(["forged", "changed", "otherType"] as const)("are refused when %s", async (name) => {
    await expect(readNotice(examples[name], vkeys)).rejects.toThrow(Refused);
  });

  test("are refused by who knows no key", async () => {
    await expect(readNotice(good, [])).rejects.toThrow(Refused);
  });

  test("that are older, or another of the same number, change nothing", async () => {
    const seven = await told();
    expect(takeNotice(seven, { ...seven, sequence: 8 }).sequence).toBe(8);
    expect(takeNotice(seven, structuredClone(seven))).toBe(seven);
    for (const wrong of [{ ...seven, sequence: 6 }, { ...seven, addresses: [] }, { ...seven, sequence: 9, origin: "other/evidence/1" }]) {
      expect(() => takeNotice(seven, wrong)).toThrow(Refused);
    }
  });

  test("a key whose id does not fit is none", async () => {
    const [vkey] = vkeys as [string];
    expect((await readKey(vkey))?.name).toBe("kelp.example/evidence/1");
    expect(await readKey(vkey.replace("kelp", "rock"))).toBeNull();
    expect(await readKey("nonsense")).toBeNull();
  });

  test("the keys that were seen first stay, the places go along", () => {
    const first = remember({ vkeys: [], places: [], notice: null }, { vkeys: ["a"], places: ["https://one.example/"] });
    const later = remember(first, { vkeys: ["b"], places: ["https://two.example/"] });
    expect(later.vkeys).toEqual(["a"]);
    expect(later.places).toEqual(["https://two.example/"]);
  });

  test("one good place is enough, and a notice names the next", async () => {
    const held: Held = { vkeys, places: ["https://gone.example/", "https://liar.example/", PLACE], notice: null };
    const asked: string[] = [];
    const found = await look(held, (url) => {
      asked.push(url);
      if (url.includes("gone")) return Promise.reject(new Error("gone"));
      return Promise.resolve(url.includes("liar") ? examples.forged : good);
    });
    expect(asked).toEqual(held.places);
    expect(found.notice?.sequence).toBe(7);
    expect(found.places).toContain("https://mirror.example/r.json");
    const again = await look({ ...found, notice: { ...(found.notice as Notice), sequence: 8 } }, () => Promise.resolve(good));
    expect(again.notice?.sequence).toBe(8);
  });
});
