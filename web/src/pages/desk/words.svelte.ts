/** The desk's own sentences, which come with the desk and not with the first page. */

import { currentLanguage, fill } from "../../i18n/index.svelte";
import deskWords from "../../i18n/desk.en.json";
import mirrorWords from "../../i18n/mirror.en.json";
import noticeWords from "../../i18n/notices.en.json";

const en = { ...deskWords, ...noticeWords, ...mirrorWords };

type Stem<K> = K extends `${infer S}.${"one" | "other"}` ? S : K;
export type Word = Stem<keyof typeof en>;

let strings = $state.raw<Record<string, string>>(en);

export async function learn(): Promise<void> {
  if (currentLanguage() !== "fr") {
    strings = en;
    return;
  }
  const parts = await Promise.all([import("../../i18n/desk.fr.json"), import("../../i18n/notices.fr.json"), import("../../i18n/mirror.fr.json")]);
  strings = Object.assign({}, ...parts.map((one) => one.default)) as Record<string, string>;
}

/** The sentence of a key; with `n`, in the plural form that belongs to it. */
export function w(key: Word, values: Record<string, string | number> = {}): string {
  const language = currentLanguage();
  const form = typeof values.n === "number" ? new Intl.PluralRules(language).select(values.n) : "other";
  return fill(strings[`${key}.${form}`] ?? strings[`${key}.other`] ?? strings[key] ?? key, values, language);
}

/** The name of a code that the server may add to; the code itself where there is none. */
export function named(prefix: string, code: string): string {
  return strings[`${prefix}${code}`] ?? code.replaceAll("_", " ");
}

export function number(value: number): string {
  return new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 1 }).format(value);
}

export function percent(share: number): string {
  return new Intl.NumberFormat(currentLanguage(), { style: "percent", maximumFractionDigits: share > 0 && share < 0.1 ? 1 : 0 }).format(share);
}

/** A length of time in its two largest units. */
export function age(seconds: number): string {
  const units: ["day" | "hour" | "minute" | "second", number][] = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const shown: string[] = [];
  let rest = Math.max(0, Math.round(seconds));
  for (const [unit, size] of units) {
    const many = Math.floor(rest / size);
    if (many || (unit === "second" && !shown.length)) {
      shown.push(new Intl.NumberFormat(currentLanguage(), { style: "unit", unit, unitDisplay: "short" }).format(many));
    }
    rest -= many * size;
    if (shown.length === 2) break;
  }
  return shown.join(" ");
}
