// Makes src/emoji/{en,fr}.txt, by which the composer finds emoji: a line each, emoji, name and words for search, by tabs; an
// empty line between groups. A plus after the emoji: it takes a skin tone. Data: Unicode CLDR, as emojibase-data (MIT) hands it on.
//
//   npm install --no-save --ignore-scripts emojibase-data@17.0.0 && node scripts/emoji.mjs
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";

const NEWEST = 15.1; // Of what Unicode has added since, many devices draw a box.
const COMPONENTS = 2; // The group of skin tones and hair.
const TONE = "\u{1F3FD}";
const here = new URL("../", import.meta.url);
mkdirSync(new URL("src/emoji/", here), { recursive: true });
for (const language of ["en", "fr"]) {
  const all = JSON.parse(readFileSync(new URL(`node_modules/emojibase-data/${language}/data.json`, here), "utf8"));
  const groups = new Map();
  for (const one of all.sort((a, b) => (a.order ?? 0) - (b.order ?? 0))) {
    if (one.group === undefined || one.group === COMPONENTS || one.version > NEWEST) continue;
    const [first, ...rest] = [...one.emoji];
    const toned = [first, TONE, ...rest.filter((part, at) => at > 0 || part !== "\uFE0F")].join("");
    const takesTone = (one.skins ?? []).some((skin) => skin.emoji === toned);
    const words = [...new Set((one.tags ?? []).filter((word) => !one.label.includes(word)))].join(" ");
    const line = [one.emoji + (takesTone ? "+" : ""), one.label, words].join("\t").trimEnd();
    groups.set(one.group, [...(groups.get(one.group) ?? []), line]);
  }
  const text = [...groups].sort(([a], [b]) => a - b).map(([, lines]) => lines.join("\n")).join("\n\n");
  writeFileSync(new URL(`src/emoji/${language}.txt`, here), `${text}\n`);
}
