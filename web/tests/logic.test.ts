import { describe, expect, it } from "vitest";
import { findUnicode, readList, toned, type Unicode } from "../src/lib/emoji";
import { pieces } from "../src/lib/shortcodes";
import en from "../src/i18n/en.json";
import fr from "../src/i18n/fr.json";
import { linksOf, queryString } from "../src/lib/client";
import { graphemes, postLength, wordAt } from "../src/lib/count";
import { compareIds, mergeIds } from "../src/lib/ids";
import { find, inApp } from "../src/lib/routes";

describe("ids", () => {
  it("are ordered as numbers, whatever their length", () => {
    expect(["9", "10", "8", "100"].sort(compareIds)).toEqual(["8", "9", "10", "100"]);
  });
  it("merge newest first, each once", () => {
    expect(mergeIds(["10", "9"], ["11", "9"], ["8"])).toEqual(["11", "10", "9", "8"]);
  });
});

describe("the length of a post", () => {
  it("counts what a reader sees as one character once", () => {
    expect(graphemes("👩‍👩‍👧‍👦é")).toBe(2);
  });
  it("counts every address as long as the server says", () => {
    expect(postLength("see https://example.org/a/very/long/path?with=much", "", 23)).toBe(27);
  });
  it("leaves the server of a mention out, and counts the warning", () => {
    expect(postLength("@ann@example.org hi", "cw", 23)).toBe("@ann hi".length + 2);
  });
});

describe("completion", () => {
  it("finds the word before the cursor", () => {
    expect(wordAt("hello @an and", 9)).toEqual({ kind: "mention", word: "an", start: 6, end: 9 });
    expect(wordAt("#ke", 3)).toMatchObject({ kind: "tag", word: "ke" });
    expect(wordAt(":sm", 3)).toMatchObject({ kind: "emoji", word: "sm" });
  });
  it("finds nothing in an address, a time or a plain word", () => {
    for (const text of ["ann@ex", "at 12:30", "word", "@"]) expect(wordAt(text, text.length)).toBeNull();
  });
});

describe("addresses", () => {
  it("lead to pages, with what stands in them", () => {
    expect(find("/app/@ann@example.org/12")).toEqual({ name: "thread", params: { acct: "ann@example.org", id: "12" } });
    expect(find("/app/tags/caf%C3%A9").params.tag).toBe("café");
    expect(find("/app/@ann/following/list").name).toBe("people");
    expect(find("/app/").name).toBe("home");
    expect(find("/app/a/b/c").name).toBe("missing");
    expect(find("/app/tags/%E0%A4%A").params.tag).toBe("%E0%A4%A");
  });
  it("of this server stay in the app", () => {
    expect(inApp("/@ann/12")).toBe("/app/@ann/12");
    expect(inApp("/about")).toBeNull();
  });
});

describe("requests", () => {
  it("leave out what is not given and repeat lists", () => {
    expect(queryString({ limit: 20, max_id: null, types: ["a", "b"] })).toBe("?limit=20&types%5B%5D=a&types%5B%5D=b");
    expect(queryString({})).toBe("");
  });
  it("read both pages of a Link header", () => {
    const header = '<https://x.test/api?max_id=1,2>; rel="next", <https://x.test/api?min_id=3>; rel="prev"';
    expect(linksOf(header)).toEqual({ next: "/api?max_id=1,2", previous: "/api?min_id=3" });
    expect(linksOf(null)).toEqual({ next: null, previous: null });
  });
});

describe("languages", () => {
  const stem = (key: string) => key.replace(/\.(one|many|other)$/, "");
  it("hold the same sentences", () => {
    expect([...new Set(Object.keys(fr).map(stem))].sort()).toEqual([...new Set(Object.keys(en).map(stem))].sort());
  });
  it("name the same values in every sentence", () => {
    const values = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort().join();
    const french = fr as Record<string, string>;
    for (const [key, text] of Object.entries(en)) expect([key, values(french[key] ?? "")]).toEqual([key, values(text)]);
  });
  it("have every plural form that they need", () => {
    for (const [strings, language] of [[en, "en"], [fr, "fr"]] as const) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const keys = new Set(Object.keys(strings));
      for (const key of keys) {
        if (key.endsWith(".other")) for (const form of forms) expect(keys).toContain(`${stem(key)}.${form}`);
      }
    }
  });
});

describe("emoji", () => {
  const groups = readList("👋+\twaving hand\tbye hello\n☝️+\tindex pointing up\tfinger\n\n⭐\tétoile\tciel nuit\n");

  it("are found by name and word, without accents, the best first", () => {
    expect(findUnicode(groups, "hello", 5).map((one) => one.text)).toEqual(["👋"]);
    expect(findUnicode(groups, "Etoile", 5).map((one) => one.text)).toEqual(["⭐"]);
    expect(findUnicode(groups, "in", 5).map((one) => one.text)).toEqual(["☝️", "👋"]);
    expect(findUnicode(groups, "hello finger", 5)).toEqual([]);
    expect(findUnicode(groups, "  ", 5)).toEqual([]);
  });

  it("take a skin tone where they can", () => {
    const [wave, finger, star] = groups.flat() as [Unicode, Unicode, Unicode];
    expect(toned(wave, "\u{1F3FD}")).toBe("👋🏽");
    expect(toned(finger, "\u{1F3FD}")).toBe("☝🏽");
    expect(toned(star, "\u{1F3FD}")).toBe("⭐");
  });

  it("of the server are drawn where they are named, and nowhere else", () => {
    const kelp = { shortcode: "kelp", url: "u", static_url: "s", visible_in_picker: true };
    expect(pieces("a :kelp: b:kelp:", [kelp])).toEqual(["a ", kelp, " b", kelp]);
    expect(pieces("12:30:45 :other:", [kelp])).toEqual(["12:30:45 :other:"]);
    expect(pieces("", [kelp])).toEqual([""]);
  });
});
