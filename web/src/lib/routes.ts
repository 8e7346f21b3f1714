/** Addresses of the app, and what stands there. */

export interface Found {
  name: PageName;
  params: Record<string, string>;
}

const TABLE = [
  ["/home", "home"],
  ["/local", "local"],
  ["/public", "public"],
  ["/explore", "explore"],
  ["/search", "explore"],
  ["/notifications", "notifications"],
  ["/conversations", "conversations"],
  ["/bookmarks", "bookmarks"],
  ["/favourites", "favourites"],
  ["/lists", "lists"],
  ["/lists/:id", "list"],
  ["/lists/:id/members", "members"],
  ["/tags/:tag", "tag"],
  ["/compose", "compose"],
  ["/scheduled", "scheduled"],
  ["/requests", "requests"],
  ["/settings", "settings"],
  ["/settings/:part", "settings"],
  ["/desk", "desk"],
  ["/desk/:part", "desk"],
  ["/desk/cases/:id", "desk"],
  ["/desk/appeals/:appeal", "desk"],
  ["/desk/notices/:notice", "desk"],
  ["/desk/rules/:rule", "desk"],
  ["/decisions", "decisions"],
  ["/decisions/:id", "decision"],
  ["/decisions/post/:post", "decision"],
  ["/reports", "reports"],
  ["/about", "about"],
  ["/enter", "enter"],
  ["/welcome", "welcome"],
  ["/@:acct", "profile"],
  ["/@:acct/:id", "thread"],
  ["/@:acct/:part/list", "people"],
] as const;

export type PageName = (typeof TABLE)[number][1] | "missing";
export const BASE = "/app";

const PATTERNS = TABLE.map(([pattern, name]) => {
  const names: string[] = [];
  const source = pattern.replace(/:(\w+)/g, (_, one: string) => {
    names.push(one);
    return "([^/]+)";
  });
  return { expression: new RegExp(`^${source}/?$`), names, name };
});

/** The page at a path below BASE. */
export function find(path: string): Found {
  const below = path.startsWith(BASE) ? path.slice(BASE.length) || "/home" : path;
  for (const { expression, names, name } of PATTERNS) {
    const match = expression.exec(below === "/" ? "/home" : below);
    if (match) {
      const params: Record<string, string> = {};
      names.forEach((one, place) => {
        try {
          params[one] = decodeURIComponent(match[place + 1] ?? "");
        } catch {
          params[one] = match[place + 1] ?? "";
        }
      });
      return { name, params };
    }
  }
  return { name: "missing", params: {} };
}

export const to = {
  profile: (acct: string) => `${BASE}/@${acct}`,
  post: (acct: string, id: string) => `${BASE}/@${acct}/${id}`,
  tag: (name: string) => `${BASE}/tags/${encodeURIComponent(name)}`,
};

/** The path of the app for a page of this server, if the app has it. */
export function inApp(path: string): string | null {
  const post = /^\/@([^/]+)\/(\d+)\/?$/.exec(path);
  if (post?.[1] && post[2]) return to.post(post[1], post[2]);
  const profile = /^\/@([^/]+)\/?$/.exec(path);
  if (profile?.[1]) return to.profile(profile[1]);
  const tag = /^\/tags\/([^/]+)\/?$/.exec(path);
  if (tag?.[1]) return `${BASE}/tags/${tag[1]}`;
  return null;
}
