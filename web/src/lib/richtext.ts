/** The HTML of posts, read into a small tree that the app draws itself: nothing from the server becomes markup. */

import { inApp, to } from "./routes";
import type { Mention } from "./entities";

export type Rich =
  | { kind: "text"; text: string }
  | { kind: "element"; tag: "p" | "br" | "em" | "strong" | "code" | "pre" | "blockquote" | "ul" | "ol" | "li" | "del" | "span"; children: Rich[] }
  | { kind: "link"; href: string; inside: boolean; children: Rich[] };

const TAGS: Record<string, "p" | "br" | "em" | "strong" | "code" | "pre" | "blockquote" | "ul" | "ol" | "li" | "del" | "span"> = {
  P: "p", BR: "br", EM: "em", I: "em", STRONG: "strong", B: "strong", CODE: "code", PRE: "pre", BLOCKQUOTE: "blockquote",
  UL: "ul", OL: "ol", LI: "li", DEL: "del", S: "del", SPAN: "span",
};
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "MATH", "svg", "math"]);

/** `hosts`: ours; links to our own pages stay in the app. */
export function readHtml(html: string, mentions: readonly Mention[], hosts: readonly string[]): Rich[] {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const people = new Map(mentions.map((one) => [one.url, one.acct]));
  return children(body, people, hosts);
}

function children(node: Node, people: Map<string, string>, hosts: readonly string[]): Rich[] {
  return [...node.childNodes].flatMap((child) => read(child, people, hosts));
}

function read(node: Node, people: Map<string, string>, hosts: readonly string[]): Rich[] {
  if (node.nodeType === 3) return node.nodeValue ? [{ kind: "text", text: node.nodeValue }] : [];
  if (node.nodeType !== 1 || DROPPED.has(node.nodeName)) return [];
  const element = node as Element;
  const classes = element.classList;
  // Addresses are shortened by their author's server: what is marked invisible is left out, an ellipsis shows it.
  if (classes.contains("invisible") || classes.contains("quote-inline")) return [];
  const inner = children(element, people, hosts);
  if (classes.contains("ellipsis")) inner.push({ kind: "text", text: "…" });
  if (element.nodeName === "A") {
    const href = element.getAttribute("href") ?? "";
    const target = linkOf(href, classes.contains("hashtag") ? element.textContent ?? "" : null, people, hosts);
    return target ? [{ kind: "link", ...target, children: inner }] : inner;
  }
  const tag = TAGS[element.nodeName];
  return tag ? [{ kind: "element", tag, children: inner }] : inner;
}

function linkOf(href: string, hashtag: string | null, people: Map<string, string>, hosts: readonly string[]): { href: string; inside: boolean } | null {
  const acct = people.get(href);
  if (acct) return { href: to.profile(acct), inside: true };
  if (hashtag?.startsWith("#")) return { href: to.tag(hashtag.slice(1)), inside: true };
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (hosts.includes(url.host)) {
    const own = inApp(url.pathname);
    if (own) return { href: own, inside: true };
  }
  return { href: url.href, inside: false };
}
