/** What the browser keeps between visits: timelines to read offline, drafts, and posts that wait to be sent. */

const NAME = "holdfast";
const VERSION = 1;
export type Store = "cache" | "drafts" | "outbox";

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      for (const store of ["cache", "drafts", "outbox"]) asked.result.createObjectStore(store);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

async function work<T>(store: Store, mode: IDBTransactionMode, ask: (s: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  try {
    const database = await open();
    return await new Promise<T>((resolve, reject) => {
      const asked = ask(database.transaction(store, mode).objectStore(store));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } catch {
    // Private windows of some browsers keep nothing; the app works without.
    return undefined;
  }
}

export async function keep(store: Store, key: string, value: unknown): Promise<void> {
  await work(store, "readwrite", (s) => s.put(value, key));
}

export async function recall<T>(store: Store, key: string): Promise<T | undefined> {
  return (await work(store, "readonly", (s) => s.get(key))) as T | undefined;
}

export async function forget(store: Store, key: string): Promise<void> {
  await work(store, "readwrite", (s) => s.delete(key));
}

/** Everything of a store whose key begins with `prefix`. */
export async function recallAll<T>(store: Store, prefix: string): Promise<[string, T][]> {
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const keys = (await work(store, "readonly", (s) => s.getAllKeys(range))) ?? [];
  const values = ((await work(store, "readonly", (s) => s.getAll(range))) ?? []) as T[];
  return keys.map((key, place) => [String(key), values[place] as T]);
}

/** Where in localStorage the place of an account's home timeline is. */
export function placeKey(accountId: string): string {
  return `holdfast.place.${accountId}`;
}

/** What belongs to an account goes with it. */
export async function forgetAccount(accountId: string): Promise<void> {
  localStorage.removeItem(placeKey(accountId));
  const range = IDBKeyRange.bound(`${accountId}/`, `${accountId}/\uffff`);
  for (const store of ["cache", "drafts", "outbox"] as const) await work(store, "readwrite", (s) => s.delete(range));
}
