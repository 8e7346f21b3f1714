-- Uploads: files by content hash, attachments of posts, avatars and headers.

-- ---------------------------------------------------------------- social/media
create table blobs (                                       -- what lies in the blob store (platform/blobs.py), by content
    hash       bytea       primary key,                    -- SHA-256
    size_bytes bigint      not null,
    touched_at timestamptz not null                        -- the last upload; swept some time later when nothing refers
);
create index blobs_touched on blobs (touched_at);

create table media (
    id            bigint      primary key,
    account_id    bigint      not null references accounts on delete cascade,
    purpose       smallint    not null default 0,          -- 0 attachment, 1 avatar, 2 header
    kind          smallint    not null,                    -- 0 image, 1 gifv, 2 video, 3 audio
    state         smallint    not null default 0,          -- 0 processing, 1 ready, 2 failed
    post_id       bigint references posts on delete set null,
    position      smallint,                                -- in its post; null: a version before the last one had it
    scheduled_id  bigint,                                  -- a post that waits for its time holds it
    description   text        not null default '',
    focus         real[],                                  -- x, y: -1 to 1
    meta          jsonb       not null default '{}',       -- what the file is: sizes, lengths, rates
    blurhash      text,
    problem       text,                                    -- why processing failed, as told to the member
    source_hash   bytea references blobs on delete restrict,  -- the upload, until it is processed; never served
    source_sha256 bytea       not null,                    -- of the bytes as they came
    pdq           bytea,                                   -- perceptual hash of the picture, 256 bits
    size_bytes    bigint      not null default 0,          -- of its files, for the quota
    created_at    timestamptz not null,
    loose_since   timestamptz                              -- not attached to anything since then; null: attached
);
create index media_account on media (account_id, id desc);
create index media_post on media (post_id, position) where post_id is not null;
create index media_scheduled on media (scheduled_id) where scheduled_id is not null;
create index media_loose on media (id) where post_id is null and purpose = 0;
create index media_source on media (source_hash) where source_hash is not null;

create table media_files (                                 -- what may be served, each under a name nobody can guess
    name         text     primary key,
    media_id     bigint   not null references media on delete cascade,
    role         smallint not null,                        -- 0 original, 1 small, 2 still
    hash         bytea    not null references blobs on delete restrict,
    content_type text     not null,
    size_bytes   bigint   not null,
    unique (media_id, role)
);
create index media_files_hash on media_files (hash);

alter table post_edits add column media jsonb;             -- [[id, description, focus]] of that version, in its order

-- ---------------------------------------------------------------- social/accounts
alter table accounts
    add column avatar             text,                    -- name of the file; null: drawn
    add column avatar_still       text,                    -- the same without motion
    add column avatar_description text not null default '',
    add column header             text,
    add column header_still       text,
    add column header_description text not null default '';
