-- Figures of the ledger as far as they were counted, and which statements the transparency database was given.

-- ---------------------------------------------------------------- trust/transparency
create table transparency_tallies (                        -- one row: counted from the leaves alone, and made again from them
    one        boolean     primary key default true check (one),
    version    integer     not null,                       -- of the way of counting; another one is begun anew
    sizes      jsonb       not null,                       -- leaves that were counted of each log, by its number
    tally      bytea       not null,                       -- packed
    counted_at timestamptz not null
);
create table statement_exports (                           -- statements of reasons that were written for the database
    statement_id bigint      primary key references statements,
    batch        text        not null,                     -- the file's name
    exported_at  timestamptz not null
);
