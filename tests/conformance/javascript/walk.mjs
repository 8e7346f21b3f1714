// What an app in JavaScript does with the library `masto`: called by test_masto_js.py, prints the name of each step done.
//
// Environment: HOLDFAST_URL, ANN_TOKEN, BOB_TOKEN (scopes read, write, follow, push).

import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { createRestAPIClient, createStreamingAPIClient } from "masto";
import { WebSocket } from "ws";

// What the library uses and Node.js 20 does not have.
globalThis.WebSocket ??= WebSocket;
Promise.withResolvers ??= () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

const url = process.env.HOLDFAST_URL;
const ann = createRestAPIClient({ url, accessToken: process.env.ANN_TOKEN });
const bob = createRestAPIClient({ url, accessToken: process.env.BOB_TOKEN });
const anybody = createRestAPIClient({ url });

const steps = {
  async signIn(known) {
    known.ann = await ann.v1.accounts.verifyCredentials();
    known.bob = await bob.v1.accounts.verifyCredentials();
    assert.equal(known.ann.username, "ann");
    assert.equal((await ann.v1.accounts.lookup({ acct: "bob" })).id, known.bob.id);
    assert.ok((await ann.v1.preferences.fetch())["posting:default:visibility"]);
  },

  async instance() {
    const [first, second] = [await anybody.v1.instance.fetch(), await anybody.v2.instance.fetch()];
    assert.equal(first.uri, second.domain);
    assert.ok(second.configuration.urls.streaming.startsWith("ws"));
    assert.ok((await anybody.v1.instance.rules.list()) instanceof Array);
  },

  async publish(known) {
    known.post = await ann.v1.statuses.create({
      status: "Tea at four? @bob #teatime",
      visibility: "public",
      language: "en",
      poll: { options: ["yes", "no"], expiresIn: 600 },
    });
    assert.equal(known.post.mentions[0].id, known.bob.id);
    assert.equal(known.post.tags[0].name, "teatime");
    const voted = await bob.v1.polls.$select(known.post.poll.id).votes.create({ choices: [0] });
    assert.deepEqual(voted.ownVotes, [0]);
    const edited = await ann.v1.statuses.$select(known.post.id).update({ status: "Tea at five? @bob #teatime" });
    assert.ok(edited.editedAt);
    assert.equal((await ann.v1.statuses.$select(known.post.id).history.list()).length, 2);
    await assert.rejects(ann.v1.statuses.create({ status: "" }), { statusCode: 422 });
    await assert.rejects(anybody.v1.statuses.create({ status: "x" }), { statusCode: 401 });
  },

  async media(known) {
    const file = new Blob([png(8, 8)], { type: "image/png" });
    const attachment = await ann.v2.media.create({ file, description: "A square", focus: "0.5,-0.5" });
    assert.equal(attachment.type, "image");
    assert.equal(attachment.description, "A square");
    assert.ok(attachment.blurhash);
    const post = await ann.v1.statuses.create({ status: "look", mediaIds: [attachment.id] });
    assert.equal(post.mediaAttachments[0].id, attachment.id);
    const answer = await fetch(post.mediaAttachments[0].url);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type"), /^image\//);
    const updated = await ann.v1.accounts.updateCredentials({ displayName: "Ann of masto", avatar: file });
    assert.equal(updated.displayName, "Ann of masto");
    known.picture = post;
  },

  async reactions(known) {
    const post = bob.v1.statuses.$select(known.post.id);
    assert.equal((await post.favourite()).favourited, true);
    assert.equal((await post.reblog()).reblog.id, known.post.id);
    assert.equal((await post.bookmark()).bookmarked, true);
    assert.deepEqual((await bob.v1.bookmarks.list()).map((one) => one.id), [known.post.id]);
    const reply = await bob.v1.statuses.create({ status: "@ann I am in", inReplyToId: known.post.id });
    const context = await anybody.v1.statuses.$select(known.post.id).context.fetch();
    assert.deepEqual(context.descendants.map((one) => one.id), [reply.id]);
    assert.equal((await bob.v1.accounts.$select(known.ann.id).follow()).following, true);
  },

  async timelines(known) {
    const wanted = [known.picture.id, known.post.id];
    for (const timeline of [bob.v1.timelines.home, anybody.v1.timelines.public, anybody.v1.timelines.tag.$select("teatime")]) {
      const ids = (await timeline.list({ limit: 40 })).map((one) => (one.reblog ?? one).id);
      assert.ok(wanted.some((id) => ids.includes(id)));
    }
    // Pages follow the Link header.
    const seen = [];
    for await (const page of ann.v1.accounts.$select(known.ann.id).statuses.list({ limit: 1 })) {
      seen.push(...page.map((one) => one.id));
    }
    assert.deepEqual(seen, wanted);
  },

  async notifications(known) {
    const list = await until(async () => {
      const found = await ann.v1.notifications.list();
      return found.length >= 4 && found;
    });
    assert.deepEqual(list.map((one) => one.type).sort(), ["favourite", "follow", "mention", "reblog"]);
    assert.ok(list.every((one) => one.account.id === known.bob.id));
    const grouped = await ann.v2.notifications.list();
    assert.equal(grouped.accounts[0].id, known.bob.id);
    assert.equal(grouped.notificationGroups.length, 4);
    await ann.v1.notifications.$select(list[0].id).dismiss();
    assert.equal((await ann.v1.notifications.list()).length, 3);
    assert.equal((await ann.v2.notifications.policy.fetch()).forNotFollowing, "accept");
  },

  async lists(known) {
    const list = await bob.v1.lists.create({ title: "tea", exclusive: false });
    const selected = bob.v1.lists.$select(list.id);
    await selected.accounts.create({ accountIds: [known.ann.id] });
    assert.deepEqual((await selected.accounts.list()).map((one) => one.id), [known.ann.id]);
    const ids = (await bob.v1.timelines.list.$select(list.id).list()).map((one) => one.id);
    assert.deepEqual(ids, [known.picture.id, known.post.id]);
    assert.equal((await selected.update({ title: "tea people", exclusive: true })).exclusive, true);
    await selected.accounts.remove({ accountIds: [known.ann.id] });
    await selected.remove();
    assert.deepEqual(await bob.v1.lists.list(), []);
  },

  async filters(known) {
    const filter = await bob.v2.filters.create({
      title: "no tea",
      context: ["home", "public"],
      filterAction: "warn",
      keywordsAttributes: [{ keyword: "tea", wholeWord: true }],
    });
    assert.equal(filter.keywords[0].keyword, "tea");
    const shown = await bob.v1.timelines.public.list();
    const { filtered } = shown.find((one) => one.id === known.post.id);
    assert.equal(filtered[0].filter.id, filter.id);
    assert.deepEqual(filtered[0].keywordMatches, ["tea"]);
    await bob.v2.filters.$select(filter.id).remove();
    assert.deepEqual(await bob.v2.filters.list(), []);
  },

  async search(known) {
    const found = await until(async () => {
      const results = await bob.v2.search.list({ q: "tea" });
      return results.statuses.length && results;
    });
    assert.ok(found.statuses.some((one) => one.id === known.post.id));
    assert.equal((await bob.v2.search.list({ q: "@ann", type: "accounts" })).accounts[0].id, known.ann.id);
    assert.equal((await bob.v2.search.list({ q: "#teatime", type: "hashtags" })).hashtags[0].name, "teatime");
    assert.equal((await bob.v2.search.list({ q: known.post.url, resolve: true })).statuses[0].id, known.post.id);
  },

  async streaming(known) {
    const { configuration } = await anybody.v2.instance.fetch();
    const streams = createStreamingAPIClient({
      streamingApiUrl: configuration.urls.streaming,
      accessToken: process.env.BOB_TOKEN,
    });
    await streams.prepare();
    // Two streams over one connection.
    const [user, tag] = [streams.user.subscribe(), streams.hashtag.subscribe({ tag: "livetea" })];
    const [updates, tagged] = [user.values(), tag.values()];
    const first = [updates.next(), tagged.next()];
    const post = await until(async () => {
      // Whether the subscription has arrived is only seen by what it brings.
      const made = await ann.v1.statuses.create({ status: "now #livetea" });
      const either = await Promise.race([Promise.all(first), pause(2000)]);
      return either && made && either;
    });
    for (const { value } of post) {
      assert.equal(value.event, "update");
      assert.equal(value.payload.account.id, known.ann.id);
      assert.ok(value.payload.createdAt);
    }
    user.unsubscribe();
    tag.unsubscribe();
    streams.close();
  },

  async deletion(known) {
    assert.ok((await ann.v1.statuses.$select(known.picture.id).remove()).text.includes("look"));
    await assert.rejects(anybody.v1.statuses.$select(known.picture.id).fetch(), { statusCode: 404 });
  },
};

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds, null));
}

async function until(attempt) {
  const end = Date.now() + 20_000;
  for (;;) {
    const result = await attempt();
    if (result) return result;
    assert.ok(Date.now() < end, "it did not come in time");
    await pause(50);
  }
}

function png(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(3 * width, 0x7f)]);
  const rows = deflateSync(Buffer.concat(Array(height).fill(row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return ~sum >>> 0;
}

const known = {};
for (const [name, step] of Object.entries(steps)) {
  await step(known);
  console.log(name);
}
process.exit(0);
