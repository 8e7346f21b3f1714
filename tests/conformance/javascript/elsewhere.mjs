// A client in a browser on an origin of its own, made with `masto`: registers, signs in with a code and PKCE, reads, posts, listens.
// Called by test_browser_elsewhere.py. `?server=` names the server. `window.done` holds the names of the steps that worked, `window.failed` why one did not.

import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";

const here = new URL(location.href);
const url = here.searchParams.get("server") ?? sessionStorage.server;
sessionStorage.server = url;
const redirectUri = `${location.origin}/elsewhere.html`;
window.done = [];
const QUIET_MS = 2_500;

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function leaveToSignIn() {
  const app = await createRestAPIClient({ url }).v1.apps.create({
    clientName: "Elsewhere", redirectUris: redirectUri, scopes: "read write", website: location.origin,
  });
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  sessionStorage.kept = JSON.stringify({ ...app, verifier });
  const query = new URLSearchParams({
    response_type: "code", client_id: app.clientId, redirect_uri: redirectUri, scope: "read write",
    code_challenge: base64url(new Uint8Array(digest)), code_challenge_method: "S256", state: "s1",
  });
  location.assign(`${url}/oauth/authorize?${query}`);
}

async function goOn(code) {
  const { clientId, clientSecret, verifier } = JSON.parse(sessionStorage.kept);
  if (here.searchParams.get("state") !== "s1") throw new Error("another state came back");
  const token = await createOAuthAPIClient({ url }).token.create({
    clientId, clientSecret, redirectUri, code, grantType: "authorization_code", scope: "read write", codeVerifier: verifier,
  });
  window.done.push("token");
  const { accessToken } = token;
  const client = createRestAPIClient({ url, accessToken });
  const me = await client.v1.accounts.verifyCredentials();
  window.done.push(`account ${me.username}`);
  const { configuration } = await client.v2.instance.fetch();
  const streams = createStreamingAPIClient({ streamingApiUrl: configuration.urls.streaming, accessToken });
  await streams.prepare();
  const events = streams.user.subscribe().values();
  // The server speaks a word of its own while it is quiet; it must not end the stream.
  const heard = events.next();
  await new Promise((quiet) => setTimeout(quiet, QUIET_MS));
  const post = await client.v1.statuses.create({ status: "Posted from elsewhere." });
  window.done.push("posted");
  const { value } = await heard;
  if (value.event !== "update" || value.payload.id !== post.id) throw new Error("another event was heard of");
  window.done.push("heard");
  const page = client.v1.timelines.home.list({ limit: 1 })[Symbol.asyncIterator]();
  const [[first], [second]] = [await page.next().then((one) => one.value), await page.next().then((one) => one.value)];
  if (first.id !== post.id || second.id === post.id) throw new Error("the second page is the first");
  window.done.push("paged");
  const refused = await createRestAPIClient({ url, accessToken: "wrong" }).v1.accounts.verifyCredentials().catch((error) => error);
  if (refused.statusCode !== 401) throw new Error("a wrong token was not refused in words");
  window.done.push("refused");
}

const code = here.searchParams.get("code");
if (code) goOn(code).catch((error) => (window.failed = String(error?.stack ?? error)));
else document.querySelector("#in").addEventListener("click", () => leaveToSignIn().catch((error) => (window.failed = String(error))));
window.ready = true;
