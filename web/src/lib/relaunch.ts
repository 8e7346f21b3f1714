/** Notices that say where this server went (ADR 0036): who may say it, and that nobody is led back. Loaded when there is somewhere to look. */

export interface Notice {
  origin: string;
  sequence: number;
  issuedAt: string;
  effectiveAt: string;
  addresses: string[];
  notices: string[];
}

/** What this browser knows, from the time when all was well. */
export interface Held {
  /** Keys as vkeys: those that were seen first. */
  vkeys: string[];
  /** Where notices are looked for. */
  places: string[];
  notice: Notice | null;
}

export class Refused extends Error {}

export const PAYLOAD_TYPE = "application/vnd.holdfast.relaunch+json";
const MOST_BYTES = 65_536;
const MOST_ADDRESSES = 16;
const MOST_SIGNATURES = 64;
const ED25519 = 1;
const KEY_BYTES = 32;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

type Bytes = Uint8Array<ArrayBuffer>;

function refuse(why: string): never {
  throw new Refused(why);
}

function unpack(text: unknown): Bytes {
  if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) refuse("not base64");
  try {
    return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  } catch {
    return refuse("not base64");
  }
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse("not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse("not an object");
  return value as Record<string, unknown>;
}

function place(value: unknown): string {
  if (typeof value !== "string") refuse("not an address");
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return refuse("not an address");
  }
  if ((url.protocol !== "https:" && url.protocol !== "http:") || url.username || url.password || url.hash) refuse("not an address");
  return value;
}

function address(value: unknown): string {
  const found = place(value);
  if (new URL(found).origin !== found) refuse("not an origin");
  return found;
}

function list(value: unknown, read: (one: unknown) => string): string[] {
  if (!Array.isArray(value) || value.length > MOST_ADDRESSES) refuse("not a short list");
  return value.map(read);
}

function time(value: unknown): string {
  if (typeof value !== "string" || !TIME.test(value) || Number.isNaN(Date.parse(value))) refuse("not a time");
  return value;
}

function facts(text: string): Notice {
  const { origin, sequence, ...rest } = parse(text);
  if (typeof origin !== "string" || typeof sequence !== "number" || !Number.isSafeInteger(sequence) || sequence < 1) refuse("not a notice");
  return {
    origin, sequence, issuedAt: time(rest.issued_at), effectiveAt: time(rest.effective_at),
    addresses: list(rest.addresses, address), notices: list(rest.notices, place),
  };
}

/** DSSE's pre-authentication encoding. */
export function signedBytes(payload: Bytes): Bytes {
  const head = new TextEncoder().encode(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `);
  const all = new Uint8Array(head.length + payload.length);
  all.set(head);
  all.set(payload, head.length);
  return all;
}

interface Key {
  name: string;
  keyId: string;
  publicKey: Bytes;
}

/** A vkey, name+id+key; null for kinds that sign no notices, and for an id that does not fit. */
export async function readKey(vkey: string): Promise<Key | null> {
  const [name, id, encoded, more] = vkey.split("+", 2).concat(vkey.split("+").slice(2).join("+"));
  if (!name || !id || !encoded || more !== undefined) return null;
  const typed = unpack(encoded);
  if (typed[0] !== ED25519 || typed.length !== KEY_BYTES + 1) return null;
  const start = new TextEncoder().encode(`${name}\n`);
  const whole = new Uint8Array(start.length + typed.length);
  whole.set(start);
  whole.set(typed, start.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  const fits = [...digest.slice(0, 4)].map((one) => one.toString(16).padStart(2, "0")).join("");
  return fits === id ? { name, keyId: `${name}+${id}`, publicKey: typed.slice(1) } : null;
}

/** The notice in a file, if a known key signed it. Throws Refused. */
export async function readNotice(file: string, vkeys: readonly string[]): Promise<Notice> {
  if (file.length > MOST_BYTES) refuse("too long");
  const envelope = parse(file);
  if (envelope.payloadType !== PAYLOAD_TYPE) refuse("another type");
  const payload = unpack(envelope.payload);
  const notice = facts(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  const signatures = envelope.signatures;
  if (!Array.isArray(signatures) || signatures.length > MOST_SIGNATURES) refuse("no signatures");
  const keys = new Map<string, Key>();
  for (const vkey of vkeys) {
    const key = await readKey(vkey).catch(() => null);
    if (key?.name === notice.origin) keys.set(key.keyId, key);
  }
  for (const one of signatures as { keyid?: unknown; sig?: unknown }[]) {
    const key = keys.get(String(one?.keyid));
    if (!key) continue;
    const known = await crypto.subtle.importKey("raw", key.publicKey, { name: "Ed25519" }, false, ["verify"]);
    if (!(await crypto.subtle.verify("Ed25519", known, unpack(one.sig), signedBytes(payload)))) refuse("forged");
    return notice;
  }
  return refuse("nobody known signed it");
}

/** The notice to go by after one more was seen. Throws Refused where it leads back. */
export function takeNotice(held: Notice | null, seen: Notice): Notice {
  if (!held) return seen;
  if (seen.sequence === held.sequence && JSON.stringify(seen) === JSON.stringify(held)) return held;
  if (seen.origin !== held.origin || seen.sequence <= held.sequence) refuse("older than what is known");
  return seen;
}

/** What the server says of itself is remembered: its keys once, its places always, beside those of the notice. */
export function remember(held: Held, told: { vkeys: readonly string[]; places: readonly string[] }): Held {
  return {
    vkeys: held.vkeys.length ? held.vkeys : [...told.vkeys],
    places: [...new Set([...told.places, ...(held.notice?.notices ?? [])])],
    notice: held.notice,
  };
}

/** Looks everywhere; what is missing, unreadable, forged or old changes nothing. */
export async function look(held: Held, fetchText: (url: string) => Promise<string>): Promise<Held> {
  const files = await Promise.all(held.places.map((url) => fetchText(url).catch(() => null)));
  let { notice } = held;
  for (const file of files) {
    if (file === null) continue;
    try {
      notice = takeNotice(notice, await readNotice(file, held.vkeys));
    } catch {
      // The next place may hold a better one.
    }
  }
  return { ...held, notice, places: [...new Set([...held.places, ...(notice?.notices ?? [])])] };
}
