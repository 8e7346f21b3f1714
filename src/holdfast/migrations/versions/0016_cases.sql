-- The moderation log and what is derived from it; cases, their order, their queues, and what forms one case.

-- ---------------------------------------------------------------- trust/staff_actions: the log
alter table moderation_actions
    add column actor_kind     text not null default 'staff',  -- staff, operator, clock, rules, model, reporter, peer, author
    add column actor_name     text,                           -- the pseudonym; null where the kind says all
    add column policy_version text,                           -- such as violence@3
    add column rule_version   text,
    add column model_version  text,
    add column case_id        bigint,
    add column decision_id    bigint,
    add column change         jsonb not null default '{}',    -- what this does to the subject's status
    add column subject_seq    integer,                        -- counts the events of one subject, from 1
    add column prior_state    text,                           -- digest of the status before: a chain for each subject
    add column record_id      text;                           -- of the leaf in the ledger
alter table moderation_actions disable trigger moderation_actions_stay;
update moderation_actions a set subject_seq = n.seq, actor_kind = case when a.actor_id is null then 'operator' else 'staff' end
  from (select id, row_number() over (partition by subject_kind, coalesce(subject_id::text, subject_name, '') order by id) as seq
          from moderation_actions) n where n.id = a.id;
alter table moderation_actions enable trigger moderation_actions_stay;
alter table moderation_actions alter column subject_seq set not null;
create unique index moderation_actions_subject on moderation_actions
    (subject_kind, (coalesce(subject_id::text, subject_name, '')), subject_seq);
create index moderation_actions_case on moderation_actions (case_id, id) where case_id is not null;

create table subject_status (                              -- a projection: `holdfast moderation rebuild` makes it anew
    subject_kind text        not null,
    subject_key  text        not null,                     -- the id, or the name of what has none
    seq          integer     not null,                     -- of the last event that it has taken in
    status       jsonb       not null,
    review_state text        not null,                     -- none, open, escalated, closed: as in `status`, for queries
    takedown     text        not null,                     -- none, held, withdrawn, limited, suspended ...
    updated_at   timestamptz not null,
    primary key (subject_kind, subject_key)
);
create index subject_status_open on subject_status (review_state, updated_at desc) where review_state in ('open', 'escalated');

create table moderation_pseudonyms (                       -- the one place that ties a name in the log to a person
    account_id bigint not null references accounts on delete cascade,
    kind       text   not null,                            -- staff, reporter
    pseudonym  text   not null unique,
    primary key (account_id, kind)
);

-- ---------------------------------------------------------------- trust/reports
alter table reports
    add column source    text not null default 'member' check (source in ('member', 'anonymous', 'peer', 'admin')),
    add column record_id text;                             -- of the leaf that says that it was received
create index reports_from_outside on reports (source, created_at) where source <> 'member';

-- ---------------------------------------------------------------- trust/routing: named queues
create table desk_queues (
    name        text        primary key,
    title       text        not null,
    position    integer     not null,                      -- the first queue whose conditions all hold gets a case
    languages   text[]      not null default '{}',         -- an empty list asks for nothing
    sources     text[]      not null default '{}',
    categories  text[]      not null default '{}',
    policies    text[]      not null default '{}',
    lanes       text[]      not null default '{}',
    tracks      text[]      not null default '{}',
    hidden_actions text[]   not null default '{}',         -- what is not offered here
    updated_at  timestamptz not null
);
create table desk_queue_members (                          -- a queue with none is for everybody
    queue      text        not null references desk_queues on delete cascade,
    account_id bigint      not null references accounts on delete cascade,
    starts_at  timestamptz,
    ends_at    timestamptz,
    primary key (queue, account_id)
);
create index desk_queue_members_account on desk_queue_members (account_id);
insert into desk_queues (name, title, position, tracks, updated_at) values
    ('appeals', 'Appeals', 900, '{appeal}', now()),
    ('quality', 'Second looks and samples', 910, '{review,sample}', now()),
    ('general', 'Everything else', 1000, '{}', now());

-- ---------------------------------------------------------------- trust/cases
create table cases (
    id            bigint      primary key,
    track         text        not null,                    -- main, appeal, review, sample: a subject has one open case in each
    lane          text        not null check (lane in ('P0', 'P1', 'P2', 'P3', 'P4')),
    priority      real        not null,
    explain       jsonb       not null,                    -- the parts of the number
    source        text        not null,                    -- what opened it
    category      text        not null,
    policy        text,                                    -- the policy that it is thought to be about
    language      text,
    queue         text        not null,
    subject_kind  text        not null,                    -- the first member
    subject_key   text        not null,
    account_id    bigint,                                  -- whose it is
    version       integer     not null default 1,          -- a decision names the version that was read
    escalated_at  timestamptz,
    assigned_id   bigint,
    claimed_id    bigint,
    claimed_at    timestamptz,
    lease_until   timestamptz,
    excluded_ids  bigint[]    not null default '{}',       -- who may not have it: the first reviewer of an appeal
    severity      real        not null default 0,          -- highest of all signals, 0 to 1
    interactions  integer     not null default 0,          -- with its members, when the number was last worked out
    signals       integer     not null default 0,
    members       integer     not null default 0,
    due_at        timestamptz,                             -- a legal clock, where one runs
    opened_at     timestamptz not null,
    signalled_at  timestamptz not null,
    ordered_at    timestamptz not null,                    -- when the number was last worked out
    closed_at     timestamptz,
    decided_by    bigint,
    decision_id   bigint,
    outcome       text,
    parent_id     bigint,                                  -- the case that this one appeals, reviews or repeats
    record_id     text                                     -- of the leaf that says that it was opened
);
create index cases_next on cases (lane, priority desc, id) where closed_at is null;
create index cases_queue on cases (queue, lane, priority desc, id) where closed_at is null;
create index cases_oldest on cases (lane, opened_at) where closed_at is null;
create index cases_claimed on cases (claimed_id) where closed_at is null and claimed_id is not null;
create index cases_stale on cases (ordered_at) where closed_at is null;
create index cases_opened on cases (opened_at);
create index cases_closed on cases (closed_at) where closed_at is not null;
create index cases_account on cases (account_id, id desc) where account_id is not null;
create index cases_parent on cases (parent_id) where parent_id is not null;

create table case_members (                                -- the subjects that one decision is for
    case_id      bigint      not null references cases on delete cascade,
    subject_kind text        not null,
    subject_key  text        not null,
    track        text        not null,
    account_id   bigint,
    joined_as    text        not null,                     -- first, exact, near, link, media
    after_decision boolean   not null default false,       -- a copy that came when all was decided
    open         boolean     not null default true,
    joined_at    timestamptz not null,
    primary key (case_id, subject_kind, subject_key)
);
create unique index case_members_open on case_members (subject_kind, subject_key, track) where open;
create index case_members_account on case_members (account_id, case_id) where account_id is not null;
create index case_members_subject on case_members (subject_kind, subject_key, case_id desc);

create table case_signals (                                -- why a case is there: every flag, report, hit
    id           bigint      primary key,
    case_id      bigint      not null references cases on delete cascade,
    source       text        not null,
    subject_kind text        not null,
    subject_key  text        not null,
    lane         text        not null,
    category     text        not null,
    severity     real        not null,
    report_id    bigint,
    rules        text[]      not null default '{}',
    version      text,                                     -- of what flagged
    at           timestamptz not null
);
create index case_signals_case on case_signals (case_id, id);
create unique index case_signals_report on case_signals (report_id, subject_kind, subject_key) where report_id is not null;

create table case_skips (
    case_id    bigint      not null references cases on delete cascade,
    account_id bigint      not null references accounts on delete cascade,
    reason     text        not null,
    until      timestamptz not null,
    primary key (case_id, account_id)
);

create table case_prints (                                 -- what texts of members look like, to know copies by
    subject_kind text        not null,
    subject_key  text        not null,
    case_id      bigint      not null references cases on delete cascade,
    exact        bytea       not null,                     -- of the normalised text; for short texts this alone counts
    slotted      bytea,                                    -- the same without mentions, addresses and numbers
    first        boolean     not null,                     -- of the first member: what is near is measured against it alone
    words        integer     not null,
    thread_id    bigint,
    text         text        not null,                     -- normalised, to check candidates by
    link         text,                                     -- where the post is little but this link
    media        text[]      not null default '{}',        -- hashes of its files
    at           timestamptz not null,
    primary key (case_id, subject_kind, subject_key)
);
create index case_prints_exact on case_prints (exact);
create index case_prints_slotted on case_prints (slotted) where slotted is not null;
create index case_prints_link on case_prints (link) where link is not null;
create index case_prints_media on case_prints using gin (media) where media <> '{}';
create index case_prints_at on case_prints (at);

create table case_bands (                                  -- MinHash of the first member's shingles, cut into bands
    value   bigint not null,                               -- the number of the band is part of it
    case_id bigint not null references cases on delete cascade,
    primary key (value, case_id)
);
create index case_bands_case on case_bands (case_id);

-- ---------------------------------------------------------------- trust/backlog
create table backlog_samples (
    at                timestamptz      not null,
    lane              text             not null,
    open              integer          not null,
    claimed           integer          not null,
    oldest_seconds    double precision not null,
    target_seconds    double precision not null,
    arrived_hour      integer          not null,
    closed_hour       integer          not null,
    burn_rate         double precision not null,
    breach_in_seconds double precision,                    -- null: no breach in sight
    record_id         text,
    primary key (at, lane)
);
