// Fails the build when the first page needs more script than the budget allows.
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = { js: 90_000, css: 20_000 };
const folder = new URL("../../src/holdfast/edge/public/app_files/", import.meta.url);
const page = readFileSync(new URL("index.html", folder), "utf8");
const first = [...page.matchAll(/\/app\/(assets\/[^"]+\.(js|css))"/g)];
const sums = { js: 0, css: 0 };
for (const [, path, kind] of first) sums[kind] += gzipSync(readFileSync(new URL(path, folder)), { level: 9 }).length;
const all = readdirSync(new URL("assets/", folder)).length;
console.log(`first page: ${(sums.js / 1000).toFixed(1)} kB script, ${(sums.css / 1000).toFixed(1)} kB style (gzip); ${all} files`);
for (const kind of ["js", "css"]) {
  if (sums[kind] > BUDGET_BYTES[kind]) {
    console.error(`${kind}: ${sums[kind]} bytes are over the budget of ${BUDGET_BYTES[kind]}; split something off`);
    process.exitCode = 1;
  }
}
if (sums.js === 0) {
  console.error("no script found in index.html: the check would pass whatever the size");
  process.exitCode = 1;
}
