/** Words, plurals and dates in the language of the reader. The strings lie in one file per language. */

import { settings } from "../lib/settings.svelte";
import en from "./en.json";

export const LANGUAGES = { en: "English", fr: "Français" } as const;
export type Language = keyof typeof LANGUAGES;
type Strings = Record<string, string>;

const PLURAL = /\.(?:zero|one|two|few|many|other)$/;
type Plain<K> = K extends `${infer Stem}.${"zero" | "one" | "two" | "few" | "many" | "other"}` ? Stem : K;
export type Key = Plain<keyof typeof en>;

let strings = $state.raw<Strings>(en);
let language = $state<Language>("en");
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** The first language asked for that the app speaks. */
export function negotiate(asked: readonly string[]): Language {
  for (const one of asked) {
    const short = one.toLowerCase().split("-")[0] ?? "";
    if (short in LANGUAGES) return short as Language;
  }
  return "en";
}

export async function speak(): Promise<void> {
  const wanted = negotiate([settings.language, ...navigator.languages]);
  strings = wanted === "fr" ? (await import("./fr.json")).default : en;
  language = wanted;
  document.documentElement.lang = wanted;
  document.documentElement.dir = RIGHT_TO_LEFT.has(wanted) ? "rtl" : "ltr";
}

/** The language with the region of the reader, for dates and numbers. */
function locale(): string {
  return navigator.languages.find((one) => one.toLowerCase().startsWith(language)) ?? language;
}

export function currentLanguage(): Language {
  return language;
}

export function fill(text: string, values: Record<string, string | number>, locale: string): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
  });
}

/** The sentence of a key; with `n`, in the plural form that belongs to it. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  let text = strings[key];
  if (typeof values.n === "number") {
    const form = new Intl.PluralRules(language).select(values.n);
    text = strings[`${key}.${form}`] ?? strings[`${key}.other`] ?? text;
  }
  return fill(text ?? key, values, locale());
}

/** Every key without its plural form, for the test that languages agree. */
export function stems(of: Strings): string[] {
  return [...new Set(Object.keys(of).map((key) => key.replace(PLURAL, "")))].sort();
}

export function compact(number: number): string {
  return new Intl.NumberFormat(locale(), { notation: "compact", maximumFractionDigits: 1 }).format(number);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60], ["minute", 60], ["hour", 24], ["day", 7],
];

/** "5 min ago" for what is near, the date for what is not. `now` in milliseconds. */
export function timeAgo(iso: string, now: number): string {
  const then = new Date(iso);
  let amount = (then.getTime() - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) {
      const rounded = Math.trunc(amount);
      if (unit === "second" && Math.abs(rounded) < 45) return t("time.now");
      return new Intl.RelativeTimeFormat(locale(), { style: "short", numeric: "always" }).format(rounded, unit);
    }
    amount /= size;
  }
  const sameYear = then.getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", year: sameYear ? undefined : "numeric" }).format(then);
}

export function fullDate(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeStyle: "short" }).format(new Date(iso));
}

export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
