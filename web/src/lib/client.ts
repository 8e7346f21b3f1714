/** The one way to the API. The token is a cookie that scripts cannot read; a request says which account it is for. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly details: Record<string, { error: string; description: string }[]> = {},
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }
}

/** Nobody answered: no network, or the server is down. */
export class Unreachable extends Error {}

type Scalar = string | number | boolean | null | undefined;
export type Query = Record<string, Scalar | string[]>;

export interface Options {
  query?: Query;
  json?: unknown;
  form?: FormData;
  signal?: AbortSignal;
  idempotencyKey?: string;
  /** Goes out even when the page is being left. */
  keepalive?: boolean;
}

export interface Answer<T> {
  data: T;
  status: number;
  /** Path and query of the page below and above, if there are such. */
  next: string | null;
  previous: string | null;
}

type SignedOut = (accountId: string) => void;

let account: string | null = null;
let onSignedOut: SignedOut = () => undefined;
let onUnreachable: () => void = () => undefined;

/** From now on requests are for this account; null: for nobody. */
export function actAs(accountId: string | null): void {
  account = accountId;
}

export function whenSignedOut(callback: SignedOut): void {
  onSignedOut = callback;
}

export function whenUnreachable(callback: () => void): void {
  onUnreachable = callback;
}

function unreachable(): never {
  onUnreachable();
  throw new Unreachable("unreachable");
}

export function queryString(query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === null || value === undefined || value === "") continue;
    if (Array.isArray(value)) for (const one of value) parameters.append(`${name}[]`, one);
    else parameters.append(name, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

export function linksOf(header: string | null): { next: string | null; previous: string | null } {
  const found: { next: string | null; previous: string | null } = { next: null, previous: null };
  for (const part of (header ?? "").split(/,\s*(?=<)/)) {
    const match = /^<([^>]+)>;\s*rel="?(next|prev)"?/.exec(part.trim());
    if (!match?.[1]) continue;
    const url = new URL(match[1], "http://unused.invalid");
    const path = url.pathname + url.search;
    if (match[2] === "next") found.next = path;
    else found.previous = path;
  }
  return found;
}

export async function request<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const as = account;
  if (as !== null) headers["X-Holdfast-Account"] = as;
  let body: BodyInit | undefined = options.form;
  if (options.json !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.json);
  }
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  let response: Response;
  try {
    response = await fetch(path + queryString(options.query), {
      method,
      headers,
      body,
      signal: options.signal,
      keepalive: options.keepalive,
      credentials: "same-origin",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    return unreachable();
  }
  if (response.status === 502 || response.status === 504) unreachable();
  const text = await response.text();
  let data: unknown = null;
  if (text) {
    try {
      data = JSON.parse(text);
    } catch {
      throw new ApiError(response.status, response.statusText || "unreadable answer");
    }
  }
  if (!response.ok) {
    if (response.status === 401 && as !== null && as === account) onSignedOut(as);
    const said = (data ?? {}) as { error?: string; details?: ApiError["details"] };
    const retry = Number(response.headers.get("Retry-After"));
    throw new ApiError(response.status, said.error ?? response.statusText, said.details, retry > 0 ? retry : null);
  }
  return { data: data as T, status: response.status, ...linksOf(response.headers.get("Link")) };
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await request<T>("GET", path, { query, signal })).data;
}

export async function post<T>(path: string, json?: unknown): Promise<T> {
  return (await request<T>("POST", path, { json: json ?? {} })).data;
}

export async function put<T>(path: string, json: unknown): Promise<T> {
  return (await request<T>("PUT", path, { json })).data;
}

export async function remove<T>(path: string, query?: Query): Promise<T> {
  return (await request<T>("DELETE", path, { query })).data;
}

/** A file, by GET, or by POST where something is said with it; with the name that the server gives it. */
export async function fetchFile(path: string, json?: unknown): Promise<{ content: Blob; name: string | null }> {
  const headers: Record<string, string> = json === undefined ? {} : { "Content-Type": "application/json" };
  if (account !== null) headers["X-Holdfast-Account"] = account;
  const response = await fetch(path, { method: json === undefined ? "GET" : "POST", headers, body: json === undefined ? undefined : JSON.stringify(json), credentials: "same-origin" }).catch(unreachable);
  if (!response.ok) {
    const said = (await response.json().catch(() => ({}))) as { error?: string };
    throw new ApiError(response.status, said.error ?? response.statusText);
  }
  return { content: await response.blob(), name: /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? null };
}

/** Signs the app in by the session of the browser; the id of the account. */
export async function beginSession(): Promise<string> {
  const response = await fetch("/api/holdfast/v1/session", {
    method: "POST",
    headers: { "X-Requested-With": "Holdfast" },
    credentials: "same-origin",
  }).catch(() => {
    throw new Unreachable("unreachable");
  });
  const said = (await response.json()) as { account_id?: string; error?: string };
  if (!response.ok || !said.account_id) throw new ApiError(response.status, said.error ?? response.statusText);
  return said.account_id;
}
