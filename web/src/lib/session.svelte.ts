/** Who is signed in here, and who of them is at work. Tokens are not among this: they are cookies (ADR 0025). */

import { actAs, get, remove, whenSignedOut } from "./client";
import type { CredentialAccount, Instance } from "./entities";
import { forgetAccount, keep, recall } from "./kept";

export interface Known {
  id: string;
  acct: string;
  name: string;
  avatar: string;
  signedOut?: boolean;
}

const KEY = "holdfast.accounts";

interface Kept {
  known: Known[];
  active: string | null;
}

function read(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as Kept | null;
    return kept ?? { known: [], active: null };
  } catch {
    return { known: [], active: null };
  }
}

function write(): void {
  localStorage.setItem(KEY, JSON.stringify({ known: session.known, active: session.active }));
}

class Session {
  known = $state<Known[]>(read().known);
  active = $state<string | null>(read().active);
  me = $state.raw<CredentialAccount | null>(null);
  instance = $state.raw<Instance | null>(null);
  online = $state(navigator.onLine);

  get signedIn(): boolean {
    return this.active !== null;
  }
}

export const session = new Session();

/** Loads who is at work; from what was kept when there is no network. */
export async function startSession(): Promise<void> {
  addEventListener("online", () => (session.online = true));
  addEventListener("offline", () => (session.online = false));
  whenSignedOut((id) => {
    const one = session.known.find((known) => known.id === id);
    if (one) one.signedOut = true;
    write();
  });
  actAs(session.active);
  session.instance = (await recall<Instance>("cache", "instance")) ?? null;
  const fresh = loadInstance();
  if (session.active !== null) {
    session.me = (await recall<CredentialAccount>("cache", `${session.active}/me`)) ?? null;
    const mine = loadMe();
    if (!session.me) await mine.catch(() => undefined);
    else mine.catch(() => undefined);
  }
  if (!session.instance) await fresh.catch(() => undefined);
  else fresh.catch(() => undefined);
}

/** Read again now and then: whether the mirror confirms what is written changes while the app is open. */
export async function loadInstance(): Promise<void> {
  session.instance = await get<Instance>("/api/v2/instance");
  void keep("cache", "instance", session.instance);
}

export async function loadMe(): Promise<void> {
  const me = await get<CredentialAccount>("/api/v1/accounts/verify_credentials");
  setMe(me);
}

export function setMe(me: CredentialAccount): void {
  session.me = me;
  const one: Known = { id: me.id, acct: me.acct, name: me.display_name || me.username, avatar: me.avatar_static };
  const place = session.known.findIndex((known) => known.id === me.id);
  if (place >= 0) session.known[place] = one;
  else session.known.push(one);
  write();
  void keep("cache", `${me.id}/me`, me);
}

/** A fresh page for another account, so that nothing of the one before is left. */
export function switchTo(id: string): void {
  session.active = id;
  write();
  location.assign("/app/home");
}

export function enterAs(id: string): void {
  session.active = id;
  actAs(id);
  write();
}

export async function signOut(): Promise<void> {
  const id = session.active;
  if (id === null) return;
  await remove("/api/holdfast/v1/session").catch(() => undefined);
  await forgetAccount(id);
  session.known = session.known.filter((one) => one.id !== id);
  session.active = session.known.find((one) => !one.signedOut)?.id ?? null;
  write();
  location.assign(session.active ? "/app/home" : "/app/welcome");
}

/** Whether who is at work may decide about reports: bits of the role, as the API numbers them. */
export function moderates(): boolean {
  const ADMINISTRATOR = 1 << 0;
  const MANAGE_REPORTS = 1 << 4;
  return (Number(session.me?.role?.permissions ?? 0) & (ADMINISTRATOR | MANAGE_REPORTS)) !== 0;
}

export function needsSignIn(): boolean {
  return session.known.some((one) => one.id === session.active && one.signedOut === true);
}

/** The pages where people sign in; they lead back into the app. */
export function signInPath(another = false): string {
  return `/auth/sign_in?next=%2Fapp%2Fenter${another ? "&force=1" : ""}`;
}
