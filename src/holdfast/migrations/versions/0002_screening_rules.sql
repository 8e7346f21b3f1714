-- Stages, hits and figures of screening rules, and labels that rules may ask for.

create table screening_rule_stages (                        -- append-only: every step of every rule
    id          bigint           primary key,
    rule_id     text             not null,
    fingerprint text             not null,                  -- of the rule as it was when the step was taken
    stage       text             not null,
    share       double precision not null default 1,        -- of the authors, for a canary
    taken_by    text             not null,
    reason      text             not null,
    at          timestamptz      not null
);
create index screening_rule_stages_rule on screening_rule_stages (rule_id, id desc);

create function screening_rule_stages_stay() returns trigger language plpgsql as $$
begin
    raise exception 'steps of rules are only ever added';
end $$;
create trigger screening_rule_stages_stay before update or delete on screening_rule_stages
    for each row execute function screening_rule_stages_stay();

create table screening_rule_hits (                          -- what shadow and canary rules matched
    id      bigint      primary key,
    rule_id text        not null,
    stage   text        not null,                           -- shadow: changed nothing; canary: counted
    post_id bigint      not null references posts on delete cascade,
    version text        not null,
    at      timestamptz not null
);
create index screening_rule_hits_rule on screening_rule_hits (rule_id, id desc);
create index screening_rule_hits_post on screening_rule_hits (post_id);

create table screening_rule_figures (                       -- what rules did, in slices of time
    rule_id  text        not null,
    slice_at timestamptz not null,
    posts    bigint      not null,                          -- screened while the rule ran
    hits     bigint      not null,
    authors  bigint      not null,                          -- different ones of the hits, in each count of a process
    errors   bigint      not null,
    asked    bigint      not null,                          -- timed looks
    spent_us bigint      not null,                          -- that these took together
    primary key (rule_id, slice_at)
);
create index screening_rule_figures_slice on screening_rule_figures (slice_at);

create table screening_labels (
    id         bigint      primary key,
    account_id bigint      references accounts on delete cascade,
    domain     text,
    label      text        not null,
    expires_at timestamptz,                                 -- null: stays until it is removed
    set_by     text        not null,
    reason     text        not null default '',
    at         timestamptz not null,
    check ((account_id is null) <> (domain is null)),
    unique (account_id, label),
    unique (domain, label)
);
