-- The record of reporters, second looks and what they found, samples, the breaker of the backlog, and reviewers' exposure.

-- ---------------------------------------------------------------- trust/reporters
create table reporter_outcomes (                           -- what came of a report by a member: one row for each that counts
    report_id  bigint      primary key references reports on delete cascade,
    account_id bigint      not null,
    was_right  boolean     not null,
    counted_at timestamptz not null
);
create index reporter_outcomes_account on reporter_outcomes (account_id);
create table reporter_records (                            -- sums of the above, and whether somebody's reports count
    account_id  bigint      primary key references accounts on delete cascade,
    rights      integer     not null default 0,
    wrongs      integer     not null default 0,
    muted_at    timestamptz,
    muted_until timestamptz,
    mute_reason text        not null default '',
    updated_at  timestamptz not null
);
create index reporter_records_muted on reporter_records (muted_until) where muted_until is not null;
create table fresh_notices (                               -- reports of new posts by new accounts: what a planted campaign looks like
    report_id bigint      not null references reports on delete cascade,
    post_id   bigint      not null,
    author_id bigint      not null,
    at        timestamptz not null,
    primary key (report_id, post_id)
);
create index fresh_notices_at on fresh_notices (at desc);
create table report_campaigns (                            -- many of them at a time: one case for all
    case_id    bigint      primary key references cases on delete cascade,
    seen_at    timestamptz not null,
    last_at    timestamptz not null
);

-- ---------------------------------------------------------------- trust/quality
create table quality_draws (                               -- who or what was drawn, so that the draw can be done again
    id            bigint      primary key,
    kind          text        not null check (kind in ('second', 'sample')),
    seed          bytea       not null,
    seed_source   text        not null,                    -- checkpoint: the root of a tree; recorded: made for this
    tree_size     bigint,
    log           integer,
    from_id       bigint      not null,                    -- ids that were drawn from: after this
    until_id      bigint      not null,                    -- up to this
    population    integer     not null,
    drawn         integer     not null,
    at            timestamptz not null
);
create index quality_draws_kind on quality_draws (kind, id desc);
create table gold_items (                                  -- cases that a person chose, with the answer
    id           bigint      primary key,
    case_id      bigint      not null unique references cases on delete cascade,
    expected     jsonb       not null,
    note         text        not null,
    chosen_by    bigint,
    chosen_at    timestamptz not null,
    retired_at   timestamptz
);
create table quality_looks (                               -- second looks, adjudications, gold, samples: each one case
    id                bigint      primary key,
    kind              text        not null check (kind in ('second', 'requeue', 'adjudication', 'gold', 'sample')),
    case_id           bigint      not null unique references cases on delete cascade,
    first_decision_id bigint,                              -- the decision that is looked at again
    first_reviewer_id bigint,
    gold_id           bigint      references gold_items,
    parent_id         bigint      references quality_looks, -- of an adjudication: the look that disagreed
    draw_id           bigint      references quality_draws,
    lane              text        not null,
    policy            text,
    language          text,
    expected          jsonb,                               -- what the first one said; of gold: the answer
    opened_at         timestamptz not null,
    reviewer_id       bigint,
    verdict           jsonb,
    note              text        not null default '',
    judged_at         timestamptz,
    agreed            boolean,
    error_class       text check (error_class in ('false_positive', 'false_negative', 'wrong_action', 'technical')),
    tested_id         bigint,                              -- whose work the result speaks of
    was_right         boolean,
    objection         text,
    objected_at       timestamptz,
    objection_granted boolean,
    objection_by      bigint,
    objection_answer  text,
    settled_at        timestamptz
);
create unique index quality_looks_first on quality_looks (first_decision_id) where kind in ('second', 'requeue');
create index quality_looks_judged on quality_looks (judged_at) where judged_at is not null;
create index quality_looks_tested on quality_looks (tested_id, judged_at desc) where tested_id is not null;
create index quality_looks_kind on quality_looks (kind, opened_at);
create table quality_failures (                            -- reviewers whose results fell below the bound
    id         bigint      primary key,
    account_id bigint      not null,
    was_right  integer     not null,
    of_results integer     not null,
    highest    real        not null,                       -- upper end of the interval of the share
    requeued   integer     not null,
    at         timestamptz not null
);
create index quality_failures_account on quality_failures (account_id, id desc);

-- ---------------------------------------------------------------- trust/breaker
create table breaker_state (                               -- one row
    one           boolean     primary key default true check (one),
    stage         integer     not null,
    since         timestamptz not null,
    pressed_since timestamptz,
    calm_since    timestamptz,
    lane          text,
    paused_until  timestamptz,
    policy        text        not null
);
create table breaker_steps (
    id           bigint      primary key,
    at           timestamptz not null,
    from_stage   integer     not null,
    to_stage     integer     not null,
    name         text        not null,                     -- of the stage that is entered
    cause        text        not null,                     -- forecast, broken, calm, staff
    lane         text,
    policy       text        not null,
    figures      jsonb       not null,
    record_id    text        not null
);

-- ---------------------------------------------------------------- trust/reviewers
create table reviewer_preferences (
    account_id bigint      primary key references accounts on delete cascade,
    opt_outs   text[]      not null default '{}',          -- categories that are not offered
    blur       boolean     not null default true,
    greyscale  boolean     not null default false,
    mute_media boolean     not null default true,
    text_first boolean     not null default true,
    updated_at timestamptz not null
);
create table reviewer_looks (                              -- how long somebody had which case before them
    case_id    bigint      not null references cases on delete cascade,
    account_id bigint      not null references accounts on delete cascade,
    category   text        not null,
    heavy      boolean     not null,
    first_at   timestamptz not null,
    begun_at   timestamptz,                                -- of the stretch that is open
    seen_at    timestamptz not null,                       -- the last sign of life
    seconds    double precision not null default 0,
    skipped    boolean     not null default false,
    primary key (case_id, account_id)
);
create index reviewer_looks_account on reviewer_looks (account_id, first_at desc);
create index reviewer_looks_open on reviewer_looks (account_id) where begun_at is not null;
create table reviewer_shifts (                             -- a stretch of work without a break
    account_id bigint      primary key references accounts on delete cascade,
    began_at   timestamptz not null,
    last_at    timestamptz not null,
    break_until timestamptz
);
create table reviewer_days (                               -- exposure, counted
    account_id bigint           not null references accounts on delete cascade,
    day        date             not null,
    category   text             not null,
    items      integer          not null default 0,
    heavy      integer          not null default 0,
    seconds    double precision not null default 0,
    skips      integer          not null default 0,
    primary key (account_id, day, category)
);
