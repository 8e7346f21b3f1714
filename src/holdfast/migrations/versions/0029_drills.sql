-- Drills: a relaunch rehearsed from one store alone, and what came of it.

create table drills (
    id          bigint      primary key,
    started_at  timestamptz not null,
    passed      boolean     not null,
    report      jsonb       not null,                      -- whole, as it was made
    digest      bytea       not null unique,               -- SHA-256 of the report, so that none is recorded twice
    record_id   text        not null,
    recorded_at timestamptz not null
);
create index drills_newest on drills (started_at desc);
