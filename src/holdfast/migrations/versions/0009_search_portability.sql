-- Search by operators; exports, imports and removals that members ask for.

-- ---------------------------------------------------------------- social/search
-- `words` now also holds facets (`=by.5`, `=has.image`) and the stretches of time a post lies in (`=t30.804`), so that
-- one index answers every query and a frequent word is looked up among the newest posts first.
truncate post_search;
alter table post_search add column public boolean not null;
-- The worker indexes what was there before, the newest first and after everything else.
insert into jobs (kind, payload, priority)
select 'index_stored', convert_to(json_build_object('post_ids', json_agg(id order by id))::text, 'UTF8'), 9
from (select id, (row_number() over (order by id desc) - 1) / 200 as part from posts where boost_of_id is null) as stored
group by part order by part;
create index posts_boosted_by on posts (account_id, boost_of_id desc) where boost_of_id is not null;

-- ---------------------------------------------------------------- records/holds
create table legal_holds (                                 -- what no deletion may remove, and why
    id         bigint      primary key,
    subject    text        not null check (subject in ('account', 'post', 'media')),
    subject_id bigint      not null,
    reason     text        not null,
    placed_at  timestamptz not null
);
create index legal_holds_subject on legal_holds (subject, subject_id);

-- ---------------------------------------------------------------- social/moves
alter table accounts
    add column moved_to_id bigint references accounts on delete set null,
    add column moved_at    timestamptz;
create index accounts_moved_to on accounts (moved_to_id) where moved_to_id is not null;
create table account_aliases (                             -- other accounts of the same person, which may move here
    account_id bigint      not null references accounts on delete cascade,
    handle     text        not null,                       -- name@domain, lower case; name alone for this server
    created_at timestamptz not null,
    primary key (account_id, handle)
);

-- ---------------------------------------------------------------- social/portability
create table relation_imports (                            -- files of follows, blocks, bookmarks that a member uploaded
    id          bigint      primary key,
    account_id  bigint      not null references accounts on delete cascade,
    kind        text        not null,
    overwrite   boolean     not null,
    cleared     boolean     not null default false,        -- what the file lacks was taken away
    rows        integer     not null,
    done        integer     not null default 0,
    failed      integer     not null default 0,
    created_at  timestamptz not null,
    finished_at timestamptz
);
create index relation_imports_account on relation_imports (account_id, id desc);
create table relation_import_rows (                        -- those that are still to be done, and those that failed
    import_id bigint  not null references relation_imports on delete cascade,
    number    integer not null,                            -- the line of the file
    cells     text[]  not null,
    problem   text,                                        -- null: still to be done
    primary key (import_id, number)
);
create index relation_import_rows_waiting on relation_import_rows (import_id, number) where problem is null;

create table archives (                                    -- all that a member wrote, in one file
    id           bigint      primary key,
    account_id   bigint      not null references accounts on delete cascade,
    requested_at timestamptz not null,
    ready_at     timestamptz,
    failed_at    timestamptz,
    hash         bytea references blobs on delete restrict,  -- in the blob store
    size_bytes   bigint,
    posts        integer
);
create index archives_hash on archives (hash) where hash is not null;
create index archives_age on archives (requested_at);
create index archives_account on archives (account_id, id desc);

create table archive_imports (                             -- posts of an archive of another server, uploaded by a member
    id           bigint      primary key,
    account_id   bigint      not null references accounts on delete cascade,
    private      boolean     not null,                     -- for followers alone, however public it was
    hash         bytea references blobs on delete restrict,  -- the file in the blob store, until it is done
    requested_at timestamptz not null,
    finished_at  timestamptz,
    imported     integer     not null default 0,
    already      integer     not null default 0,
    skipped      integer     not null default 0,
    problem      text                                      -- why nothing, or not everything, came in
);
create index archive_imports_hash on archive_imports (hash) where hash is not null;
create index archive_imports_account on archive_imports (account_id, id desc);

-- ---------------------------------------------------------------- social/removals
create table account_removals (                            -- accounts that are being deleted, or were
    account_id   bigint      primary key references accounts on delete cascade,
    requested_at timestamptz not null,
    requested_by text        not null,                     -- member, staff or operator
    step         smallint    not null default 0,
    rows         bigint      not null default 0,           -- removed so far
    kept         bigint      not null default 0,           -- posts that a legal hold keeps
    finished_at  timestamptz
);
create index account_removals_open on account_removals (account_id) where finished_at is null;
