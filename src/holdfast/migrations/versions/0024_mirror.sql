-- Media and relaunch notices.
create table mirror_media_gone (                           -- files deleted here whose copies wait for the end of retention
    hash    bytea       primary key,                       -- SHA-256, as in blobs
    gone_at timestamptz not null
);
create index mirror_media_gone_at on mirror_media_gone (gone_at);

create table relaunch_notices (                            -- where this site was said to be found (ADR 0036)
    sequence  bigint      primary key,
    issued_at timestamptz not null,
    document  bytea       not null                         -- relaunch.json as it was signed
);
