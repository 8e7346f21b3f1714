-- Policies, templates, decisions and what they do, statements of reasons, and what decisions keep out.

-- ---------------------------------------------------------------- trust/policies, trust/templates
create table policies (                                    -- versions that were published here; the others came with the program
    id             text        not null,
    version        integer     not null,
    document       jsonb       not null,
    effective_from timestamptz not null,
    published_at   timestamptz not null,
    published_by   bigint,                                 -- null: the operator's command line, or the program itself
    record_id      text,
    primary key (id, version)
);
create table message_templates (
    id           text        not null,
    version      integer     not null,
    document     jsonb       not null,
    published_at timestamptz not null,
    published_by bigint,
    primary key (id, version)
);
create function published_texts_stay() returns trigger language plpgsql as $$
begin
    raise exception 'what was published is never changed: publish the next version';
end $$;
create trigger policies_stay before update or delete on policies for each row execute function published_texts_stay();
create trigger message_templates_stay before update or delete on message_templates
    for each row execute function published_texts_stay();

-- ---------------------------------------------------------------- social/posts, social/accounts: what decisions take away
alter table posts
    add column labels         text[]  not null default '{}',   -- what the staff says of the post, such as adults-only
    add column limited_reach  boolean not null default false,  -- not recommended, not passed on
    add column closed_replies boolean not null default false;  -- only its author, and those it names, may reply
alter table accounts
    add column frozen_at    timestamptz,                       -- may read and sign in, and do nothing that others see
    add column frozen_until timestamptz;
create index accounts_frozen on accounts (id) where frozen_until is not null;

-- ---------------------------------------------------------------- social/bans
create table sign_up_patterns (                            -- sign-ups that look like this are refused, or wait for a person
    id         bigint      primary key,
    field      text        not null check (field in ('username', 'email', 'reason')),
    pattern    text        not null,                       -- * stands for anything, ? for one character
    severity   text        not null check (severity in ('approval', 'refuse')),
    created_at timestamptz not null,
    unique (field, pattern)
);
create table barred_material (                             -- links and files that no post may carry
    id         bigint      primary key,
    kind       text        not null check (kind in ('link', 'image')),
    value      text        not null,                       -- host and path without scheme, or a hash of a file
    created_at timestamptz not null,
    unique (kind, value)
);

-- ---------------------------------------------------------------- trust/effects
create table effects (                                     -- what decisions set; the newest one in force of an aspect counts
    id           bigint      generated always as identity primary key,
    decision_id  bigint      not null,
    subject_kind text        not null,                     -- post, account, sign_up, link, image
    subject_key  text        not null,
    aspect       text        not null,                     -- visibility, sensitive, reach, suspended, label:adults-only ...
    value        text        not null,
    until        timestamptz,                              -- when it ends by itself
    account_id   bigint,                                   -- whose the subject is
    state        smallint    not null default 0,           -- 0 waits, 1 in force, 2 taken back, 3 over, 4 overtaken, 5 nothing to act on
    changed      boolean,                                  -- whether it was otherwise before
    applied_at   timestamptz,
    unique (decision_id, subject_kind, subject_key, aspect)
);
create index effects_waiting on effects (decision_id, id) where state = 0;
create index effects_force on effects (subject_kind, subject_key, aspect, id desc) where state = 1;
create index effects_until on effects (until) where state = 1 and until is not null;
create table effect_baselines (                            -- how an aspect was before the oldest effect in force
    subject_kind text not null,
    subject_key  text not null,
    aspect       text not null,
    value        text not null,
    primary key (subject_kind, subject_key, aspect)
);
create table strikes (                                     -- what counts against an account until it expires
    id         bigint      primary key,
    account_id bigint      not null references accounts on delete cascade,
    name       text        not null,                       -- of the effect's aspect: one row for each
    severity   smallint    not null check (severity between 1 and 100),
    given_at   timestamptz not null,
    expires_at timestamptz,
    unique (account_id, name)
);

-- ---------------------------------------------------------------- trust/decisions
create table decisions (
    id             bigint      primary key,
    kind           text        not null check (kind in ('case', 'copy', 'bulk', 'revert')),
    case_id        bigint,
    parent_id      bigint      references decisions,        -- a copy that came later: the decision about the first
    copy_of        text,                                    -- of such a one: the subject, so that it is decided about once
    plan_id        bigint,
    actor_id       bigint,
    actor_role     text        not null,
    made_by        text        not null,                    -- staff, operator, rules, model, clock
    rule_id        text,
    rule_version   text,
    model_version  text,
    policy_id      text,
    policy_version integer,
    outcome        text        not null,                    -- actioned, no_violation, dismissed, restored
    ruling         jsonb       not null,
    subjects       integer     not null,
    lane           text,
    source_type    text        not null,                    -- as the transparency database has it
    automated_detection boolean not null,
    automation     text        not null,
    action_id      bigint      not null,                    -- the row of the moderation log
    record_id      text        not null,                    -- its leaf
    made_at        timestamptz not null,
    settled_at     timestamptz,                             -- when everything had followed
    undone_at      timestamptz,
    undone_by      bigint,
    undone_reason  text,
    undo_action_id bigint,
    undo_record_id text,
    undo_settled_at timestamptz,
    unique (parent_id, copy_of)
);
create index decisions_case on decisions (case_id, id desc) where case_id is not null;
create index decisions_actor on decisions (actor_id, id desc) where actor_id is not null;
create index decisions_rule on decisions (rule_id, rule_version, made_at) where rule_id is not null;
create index decisions_parent on decisions (parent_id) where parent_id is not null;
create table referrals (                                   -- what the police or another authority was to be told
    id          bigint      primary key,
    decision_id bigint      not null references decisions,
    authority   text        not null,
    reason      text        not null,
    subjects    jsonb       not null,
    hold_ids    bigint[]    not null,
    sealed      boolean     not null,
    record_id   text        not null,
    referred_at timestamptz not null
);

-- ---------------------------------------------------------------- trust/statements
create table statements (                                  -- statements of reasons, as they were sent
    id           bigint      primary key,
    decision_id  bigint      not null references decisions,
    account_id   bigint      not null references accounts on delete cascade,
    language     text        not null,
    subject      text        not null,
    body         text        not null,                     -- the exact text
    post_ids     bigint[]    not null,
    reported     jsonb       not null,                     -- the transparency database's fields, without personal data
    puid         text        not null unique,
    warning_id   bigint      not null,
    record_id    text        not null,
    reverses_id  bigint      references statements,        -- tells that an earlier one no longer holds
    sent_at      timestamptz not null,
    read_at      timestamptz
);
create unique index statements_once on statements (decision_id, account_id) where reverses_id is null;
create unique index statements_reversed_once on statements (reverses_id) where reverses_id is not null;
create index statements_account on statements (account_id, id desc);
create table statement_mails (                             -- the same by mail: the bytes, and what became of them
    statement_id bigint      primary key references statements on delete cascade,
    recipient    text        not null,
    message_id   text        not null,
    message      bytea       not null,
    status       text        not null check (status in ('waiting', 'sent', 'refused', 'failed')),
    answer       text        not null default '',          -- what the mail server said
    attempts     integer     not null default 0,
    made_at      timestamptz not null,
    settled_at   timestamptz
);

-- ---------------------------------------------------------------- trust/bulk
create table bulk_plans (
    id          bigint      primary key,
    query       jsonb       not null,
    ruling      jsonb       not null,
    found       integer     not null,
    accounts    integer     not null,
    digest      text        not null,                      -- of everything that was found: it must be the same when it is done
    reason      text        not null,
    planned_by  bigint,
    planned_at  timestamptz not null,
    approved_by bigint,
    approved_at timestamptz,
    decision_id bigint,
    run_at      timestamptz
);
