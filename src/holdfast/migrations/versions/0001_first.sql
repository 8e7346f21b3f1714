-- The first schema. Runs on a bare PostgreSQL 16 to 18: no extensions.
-- Ids are made by platform/ids.py: 42 bits of unix milliseconds, 21 random bits, so `order by id` is order by time.

-- ---------------------------------------------------------------- platform
create table jobs (
    id            bigint generated always as identity primary key,
    kind          text        not null,
    payload       bytea       not null,                    -- msgspec JSON of the event or arguments
    state         smallint    not null default 0,          -- 0 waiting, 1 running, 2 dead
    priority      smallint    not null default 0,          -- lower runs first
    run_at        timestamptz not null default now(),
    attempts      smallint    not null default 0,
    leased_until  timestamptz,
    lock_key      text,                                    -- jobs of one key run one after the other
    unique_key    text,                                    -- at most one waiting job per key
    last_error    text,
    created_at    timestamptz not null default now()
);
create index jobs_waiting on jobs (priority, run_at, id) where state = 0;
create index jobs_leased on jobs (leased_until) where state = 1;
create unique index jobs_lock on jobs (lock_key) where lock_key is not null and state = 1;
create index jobs_lock_waiting on jobs (lock_key, id) where lock_key is not null and state = 0;
create unique index jobs_unique on jobs (unique_key) where unique_key is not null and state = 0;

create table periodic (name text primary key, next_run_at timestamptz not null);

-- Change stamps for caches when several machines share one database (platform/stamps.py).
create unlogged table stamps (slot integer primary key, value bigint not null) with (fillfactor = 50);

create table facts (                                       -- what this installation is: key fingerprint, creation time
    name  text primary key,
    value text not null
);

-- ---------------------------------------------------------------- social/accounts
create table accounts (
    id               bigint primary key,
    username         text        not null,
    domain           text,                                 -- null: local
    display_name     text        not null default '',
    note             text        not null default '',      -- source text, HTML is made when read
    fields           jsonb       not null default '[]',    -- [{"name","value","verified_at"}]
    state            smallint    not null default 0,       -- 0 active, 1 pending, 2 suspended, 3 deleted, 4 unclaimed
    locked           boolean     not null default false,
    bot              boolean     not null default false,
    discoverable     boolean     not null default true,
    indexable        boolean     not null default true,
    hide_collections boolean     not null default false,
    badge            text,                                 -- e.g. what the former site said of this account
    created_at       timestamptz not null,
    suspended_at     timestamptz                           -- the last time; sessions and tokens from before it stay ended
);
create unique index accounts_handle on accounts (lower(username), coalesce(domain, ''));
create index accounts_name_prefix on accounts (lower(username) text_pattern_ops);
create index accounts_display_prefix on accounts (lower(display_name) text_pattern_ops);

create table account_counts (
    account_id   bigint primary key references accounts on delete cascade,
    followers    bigint not null default 0,
    following    bigint not null default 0,
    posts        bigint not null default 0,
    last_post_on date
) with (fillfactor = 70);

create table users (                                       -- those accounts that can sign in here
    account_id        bigint primary key references accounts on delete cascade,
    email             text        not null,
    email_canonical   text        not null unique,
    password_hash     text,                                -- null: cannot sign in until one is set
    role              text        not null default 'member' check (role in ('member', 'moderator', 'admin', 'owner')),
    locale            text        not null default 'en',
    posting_visibility text       not null default 'public',
    posting_sensitive boolean     not null default false,
    posting_language  text,
    expand_media      text        not null default 'default',
    expand_spoilers   boolean     not null default false,
    sign_up_reason    text,
    totp_secret       bytea,                               -- sealed with the column key
    totp_last_step    bigint      not null default 0,      -- a code is accepted once
    created_at        timestamptz not null,
    created_by_app_id bigint
);

create table recovery_codes (
    account_id bigint not null references users on delete cascade,
    code_hash  bytea  not null,
    primary key (account_id, code_hash)
);

-- ---------------------------------------------------------------- social/sessions
create table sessions (                                    -- browser sign-ins
    id           bigint primary key,
    account_id   bigint      not null references users on delete cascade,
    secret_hash  bytea       not null unique,
    user_agent   text        not null default '',
    ip           inet,
    created_at   timestamptz not null,
    last_used_at timestamptz not null,
    expires_at   timestamptz not null                      -- moves with use, up to the longest life
);
create index sessions_account on sessions (account_id);

create table one_time_links (                              -- first sign-in, password reset, claim of an imported account
    secret_hash bytea primary key,
    account_id  bigint      not null references accounts on delete cascade,
    purpose     text        not null,
    expires_at  timestamptz not null
);

-- ---------------------------------------------------------------- social/tokens
create table apps (
    id            bigint primary key,
    name          text        not null,
    website       text,
    redirect_uris text[]      not null,
    scopes        text[]      not null,
    client_id     text        not null unique,
    client_secret_hash bytea  not null,
    created_at    timestamptz not null
);

create table authorization_codes (
    code_hash      bytea primary key,
    app_id         bigint      not null references apps on delete cascade,
    account_id     bigint      not null references users on delete cascade,
    redirect_uri   text        not null,
    scopes         text[]      not null,
    code_challenge text,
    expires_at     timestamptz not null,
    used_at        timestamptz                            -- second use revokes what the first one gave
);

create table access_tokens (
    id           bigint primary key,
    secret_hash  bytea       not null unique,
    app_id       bigint      not null references apps on delete cascade,
    account_id   bigint references users on delete cascade, -- null: the app itself
    scopes       text[]      not null,
    code_hash    bytea,
    created_at   timestamptz not null,
    last_used_on date
);
create index access_tokens_account on access_tokens (account_id);
create index access_tokens_app on access_tokens (app_id);
create index access_tokens_code on access_tokens (code_hash) where code_hash is not null;

-- ---------------------------------------------------------------- social/graph
create table follows (
    id           bigint  not null unique,
    follower_id  bigint  not null references accounts on delete cascade,
    followed_id  bigint  not null references accounts on delete cascade,
    show_boosts  boolean not null default true,
    notify       boolean not null default false,
    languages    text[],
    primary key (follower_id, followed_id)
);
create index follows_followed on follows (followed_id, id desc);
create index follows_follower on follows (follower_id, id desc);

create table follow_requests (
    id           bigint  not null unique,
    follower_id  bigint  not null references accounts on delete cascade,
    followed_id  bigint  not null references accounts on delete cascade,
    show_boosts  boolean not null default true,
    notify       boolean not null default false,
    languages    text[],
    primary key (follower_id, followed_id)
);
create index follow_requests_followed on follow_requests (followed_id, id desc);

create table blocks (
    id          bigint not null unique,
    account_id  bigint not null references accounts on delete cascade,
    target_id   bigint not null references accounts on delete cascade,
    primary key (account_id, target_id)
);
create index blocks_target on blocks (target_id);

create table mutes (
    id                 bigint  not null unique,
    account_id         bigint  not null references accounts on delete cascade,
    target_id          bigint  not null references accounts on delete cascade,
    hide_notifications boolean not null default true,
    expires_at         timestamptz,
    primary key (account_id, target_id)
);

create table domain_blocks (
    id         bigint not null unique,
    account_id bigint not null references accounts on delete cascade,
    domain     text   not null,
    primary key (account_id, domain)
);

create table account_notes (
    account_id bigint not null references accounts on delete cascade,
    target_id  bigint not null references accounts on delete cascade,
    note       text   not null,
    primary key (account_id, target_id)
);

-- ---------------------------------------------------------------- social/posts
create table posts (
    id               bigint primary key,
    account_id       bigint      not null references accounts on delete cascade,
    thread_id        bigint      not null,                 -- id of the first post of the thread
    in_reply_to_id   bigint,                               -- null again when the parent is deleted
    in_reply_to_account_id bigint,
    boost_of_id      bigint references posts on delete cascade,
    app_id           bigint,
    visibility       smallint    not null,                 -- 0 public, 1 unlisted, 2 private (followers), 3 direct
    state            smallint    not null default 0,       -- 0 visible, 1 held (author only), 2 withdrawn (author only)
    sensitive        boolean     not null default false,
    text             text        not null default '',      -- as written; HTML is made when read
    spoiler          text        not null default '',
    language         text,
    created_at       timestamptz not null,
    edited_at        timestamptz,
    imported         jsonb                                 -- counters and facts of the former site, shown apart from live ones
);
create index posts_account on posts (account_id, id desc);
create unique index posts_boost_once on posts (boost_of_id, account_id) where boost_of_id is not null;
create index posts_reply on posts (in_reply_to_id) where in_reply_to_id is not null;
create index posts_thread on posts (thread_id, id);
create index posts_held on posts (id) where state = 1;
create index posts_public on posts (id desc) where visibility = 0 and state = 0 and boost_of_id is null;

create table post_counts (
    post_id    bigint primary key references posts on delete cascade,
    replies    integer not null default 0,
    boosts     integer not null default 0,
    favourites integer not null default 0
) with (fillfactor = 70);

create table mentions (
    post_id    bigint not null references posts on delete cascade,
    account_id bigint not null references accounts on delete cascade,
    silent     boolean not null default false,             -- kept reachable after an edit removed the mention
    primary key (post_id, account_id)
);
create index mentions_account on mentions (account_id, post_id desc);

create table tags (
    id         bigint primary key,
    name       text        not null unique,                -- folded key
    display    text        not null,                       -- as first written
    created_at timestamptz not null
);
create index tags_prefix on tags (name text_pattern_ops);

create table post_tags (
    tag_id  bigint not null references tags on delete cascade,
    post_id bigint not null references posts on delete cascade,
    primary key (tag_id, post_id)
);
create index post_tags_post on post_tags (post_id);

create table post_edits (                                  -- every version that was shown, the first included
    post_id    bigint      not null references posts on delete cascade,
    version    integer     not null,
    text       text        not null,
    spoiler    text        not null,
    sensitive  boolean     not null,
    poll_options text[],
    created_at timestamptz not null,
    primary key (post_id, version)
);

create table post_verdicts (                               -- what screening said, each time it was asked
    id       bigint      primary key,
    post_id  bigint      not null references posts on delete cascade,
    action   text        not null,
    lane     text,
    rules    text[]      not null,
    scores   jsonb       not null,
    evidence jsonb       not null,
    version  text        not null,
    reason   text,
    at       timestamptz not null
);
create index post_verdicts_post on post_verdicts (post_id);

create table favourites (
    id         bigint not null unique,
    account_id bigint not null references accounts on delete cascade,
    post_id    bigint not null references posts on delete cascade,
    primary key (account_id, post_id)
);
create index favourites_account on favourites (account_id, id desc);
create index favourites_post on favourites (post_id, id desc);

create table bookmarks (
    id         bigint not null unique,
    account_id bigint not null references accounts on delete cascade,
    post_id    bigint not null references posts on delete cascade,
    primary key (account_id, post_id)
);
create index bookmarks_account on bookmarks (account_id, id desc);
create index bookmarks_post on bookmarks (post_id);

create table pins (
    id         bigint not null unique,
    account_id bigint not null references accounts on delete cascade,
    post_id    bigint not null references posts on delete cascade,
    primary key (account_id, post_id)
);
create index pins_post on pins (post_id);

create table thread_mutes (
    account_id bigint not null references accounts on delete cascade,
    thread_id  bigint not null,
    primary key (account_id, thread_id)
);

create table polls (
    id          bigint primary key,
    post_id     bigint      not null unique references posts on delete cascade,
    options     text[]      not null,
    multiple    boolean     not null,
    hide_totals boolean     not null,
    expires_at  timestamptz not null,
    tally       integer[]   not null,                      -- votes per option, kept in step with poll_votes
    voters      integer     not null default 0,
    closed_at   timestamptz                                -- when its end was announced; null while it has not been
);
create index polls_open on polls (expires_at) where closed_at is null;

create table poll_votes (
    poll_id    bigint   not null references polls on delete cascade,
    account_id bigint   not null references accounts on delete cascade,
    choices    smallint[] not null,
    primary key (poll_id, account_id)
);

create table idempotency_keys (
    account_id bigint      not null,
    key        text        not null,
    post_id    bigint      not null,
    created_at timestamptz not null,
    primary key (account_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

create table custom_emojis (
    shortcode  text primary key,
    url        text not null,
    category   text,
    visible    boolean not null default true
);

-- ---------------------------------------------------------------- social/notifications
create table notifications (
    id          bigint      primary key,
    account_id  bigint      not null references accounts on delete cascade,
    kind        text        not null,
    from_id     bigint      not null references accounts on delete cascade,
    post_id     bigint references posts on delete cascade, -- for a boost: the boost, so that it goes with it
    created_at  timestamptz not null,
    dismissed   boolean     not null default false          -- kept, so that an edit does not bring it back
);
create index notifications_account on notifications (account_id, id desc) where not dismissed;
create unique index notifications_once on notifications (account_id, kind, from_id, coalesce(post_id, 0));
create index notifications_post on notifications (post_id) where post_id is not null;
create index notifications_from on notifications (from_id);

create table markers (
    account_id bigint      not null references accounts on delete cascade,
    timeline   text        not null,
    last_read_id text      not null,
    version    integer     not null default 1,
    updated_at timestamptz not null,
    primary key (account_id, timeline)
);

-- ---------------------------------------------------------------- social/search
create table post_search (
    post_id    bigint   primary key references posts on delete cascade,
    account_id bigint   not null,
    words      tsvector not null
);
create index post_search_words on post_search using gin (words);

-- ---------------------------------------------------------------- imports
create table imported_rows (                               -- makes an import idempotent and resumable
    source    text   not null,
    source_id text   not null,
    post_id   bigint,
    account_id bigint,
    primary key (source, source_id)
);
create index imported_rows_post on imported_rows (post_id) where post_id is not null;

create table imported_waiting (                            -- imported rows that point at a row that is not here yet
    source    text     not null,
    kind      smallint not null,                           -- 0 reply to a post, 1 boost of a post, 2 mention of an account
    target_id text     not null,
    source_id text     not null,                           -- of the row that waits
    post_id   bigint,                                      -- its post; null for a boost, which is made when its post comes
    file      text     not null,                           -- where it stood, for the report
    line      bigint   not null,
    row       bytea,                                       -- msgspec JSON of the boost
    primary key (source, kind, target_id, source_id)
);
