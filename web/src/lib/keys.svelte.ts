/** The keyboard: posts are walked with j and k, and answered, boosted, favourited where the focus is. */

import { drafting } from "./drafting.svelte";
import { boost, favourite, bookmark, posts } from "./posts.svelte";
import { to } from "./routes";
import { goBack, navigate } from "./router.svelte";
import { session } from "./session.svelte";
import { lessMotion } from "./settings.svelte";
import { viewing } from "./viewing.svelte";

const GO: Record<string, string> = {
  h: "/app/home", l: "/app/local", p: "/app/public", n: "/app/notifications", c: "/app/conversations",
  b: "/app/bookmarks", f: "/app/favourites", s: "/app/settings", e: "/app/explore",
};
let going = false;

function current(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("[data-post]") ?? null;
}

function walk(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>("main [data-post]")];
  if (!all.length) return;
  const now = current();
  let next: HTMLElement | undefined;
  if (now) next = all[all.indexOf(now) + step];
  else next = all.find((one) => one.getBoundingClientRect().top >= 60) ?? all[0];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start", behavior: lessMotion() ? "auto" : "smooth" });
}

export function startKeys(): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (target.closest("input, textarea, select, [contenteditable], dialog, [role=menu], [role=tablist]")) return;
    if (going) {
      going = false;
      const path = GO[event.key];
      if (path) navigate(path);
      return;
    }
    const status = posts.get(current()?.dataset.post ?? "");
    switch (event.key) {
      case "j": walk(1); break;
      case "k": walk(-1); break;
      case "g": going = true; break;
      case "n": if (session.signedIn) drafting.start(); break;
      case "r": if (status && session.signedIn) drafting.reply(status); break;
      case "f": if (status && session.signedIn) void favourite(status.id); break;
      case "b": if (status && session.signedIn) void boost(status.id); break;
      case "d": if (status && session.signedIn) void bookmark(status.id); break;
      case "q": if (status && session.signedIn) drafting.quote(status); break;
      case "o":
      case "Enter":
        if (!status || (event.key === "Enter" && target.dataset.post === undefined)) return;
        navigate(to.post(status.account.acct, status.id));
        break;
      case "p": if (status) navigate(to.profile(status.account.acct)); break;
      case "u": goBack(); break;
      case ".": document.querySelector<HTMLElement>(".pill")?.click(); break;
      case "/": navigate("/app/explore"); break;
      case "?": viewing.keys = true; break;
      default: return;
    }
    event.preventDefault();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
