-- The evidence ledger: records, what they commit to, and the log that they become leaves of.

-- ---------------------------------------------------------------- records/ledger
create table ledger_subjects (                             -- whom bodies are about; erased: the row goes, and with it the key
    id         bigint      generated always as identity primary key,
    kind       text        not null,                       -- account, case, notice ...
    subject_id bigint      not null,
    sealed_key bytea       not null,                       -- 32 random bytes, sealed with the column key
    created_at timestamptz not null,
    unique (kind, subject_id)
);
create table ledger_records (                              -- the outbox, and then the log; rows stay for ever
    arrival      bigint      generated always as identity primary key,
    record_id    text        not null unique,              -- a ULID
    kind         text        not null,                     -- as in the leaf; of a sealed record: sealed
    subject      bigint      references ledger_subjects on delete set null,
    leaf         bytea       not null,                     -- while leaf_index is null: without its number
    log          integer,
    leaf_index   bigint,
    recorded_at  timestamptz not null,
    published_at timestamptz                               -- of a sealed record: since when anybody may see its opening
);
create index ledger_records_waiting on ledger_records (arrival) where leaf_index is null;
create unique index ledger_records_index on ledger_records (log, leaf_index) where leaf_index is not null;
create index ledger_records_subject on ledger_records (subject) where subject is not null;
create index ledger_records_kind on ledger_records (kind, arrival);
create table ledger_bodies (                               -- what commitments open to
    record_id text     not null references ledger_records (record_id),
    name      text     not null,
    owner     bigint   not null references ledger_subjects on delete cascade,
    form      text     not null check (form in ('text', 'bytes', 'json', 'leaf')),
    sealed    bytea    not null,                           -- salt and body, under the owner's key
    primary key (record_id, name)
);
create index ledger_bodies_owner on ledger_bodies (owner);

create table ledger_logs (                                 -- one row for each origin; the newest one grows
    number    integer     primary key,                     -- the last part of the origin
    origin    text        not null unique,
    size      bigint      not null,
    opened_at timestamptz not null,
    frozen_at timestamptz
);
create table ledger_counters (                             -- gap-free, over all origins
    stream text   primary key,
    last   bigint not null
);
create table ledger_nodes (                                -- roots of full tiles: what the tile above consists of
    log   integer  not null,
    level smallint not null,                               -- of the full tile
    n     bigint   not null,
    hash  bytea    not null,
    primary key (log, level, n)
);
create table ledger_checkpoints (                          -- every one that was signed, before anybody saw it
    log          integer     not null,
    size         bigint      not null,
    root         bytea       not null,
    note         text        not null,                     -- as signed
    cosignatures text        not null default '',          -- lines of witnesses
    signed_at    timestamptz not null,
    primary key (log, size)
);
create table ledger_keys (                                 -- generations of the signing key, which is derived and stored nowhere
    generation integer     primary key,
    created_at timestamptz not null,
    retired_at timestamptz,
    leaked     boolean     not null default false
);
create table ledger_sequencer (                            -- the fence: who writes checks that the epoch is still its own
    one      boolean     primary key default true check (one),
    epoch    bigint      not null,
    holder   text        not null,
    taken_at timestamptz not null
);
insert into ledger_sequencer (epoch, holder, taken_at) values (0, '', now());
