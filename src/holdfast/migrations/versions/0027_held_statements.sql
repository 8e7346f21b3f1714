-- Statements of reasons that wait, because somebody's order forbids to tell the member.

-- ---------------------------------------------------------------- trust/decisions
create table held_statements (
    decision_id bigint      not null references decisions,
    account_id  bigint      not null references accounts on delete cascade,
    notice_id   bigint      not null references notices,  -- the one whose gag was in the way
    record_id   text        not null,                     -- that it was held back; sealed
    held_at     timestamptz not null,
    released_at timestamptz,                              -- when it was sent, or had nothing to say any more
    primary key (decision_id, account_id)
);
create index held_statements_open on held_statements (notice_id) where released_at is null;
