-- Appeals: what members and reporters ask to be decided again, the dialogue, and when a person was paged for a held post.

-- ---------------------------------------------------------------- trust/decisions: one that an appeal led to
alter table decisions drop constraint decisions_kind_check;
alter table decisions add constraint decisions_kind_check check (kind in ('case', 'copy', 'bulk', 'revert', 'appeal'));

-- ---------------------------------------------------------------- trust/appeals
create table appeals (
    id             bigint      primary key,
    kind           text        not null check (kind in ('decision', 'hold', 'report')),
    account_id     bigint      not null references accounts, -- who appeals
    decision_id    bigint      references decisions,       -- null: of a hold, or of a report that was closed without one
    post_id        bigint,                                  -- of a hold
    report_id      bigint,                                  -- of a report that was found to be about no violation
    about_case_id  bigint,                                  -- the case in which it was decided first
    case_id        bigint      not null references cases,   -- the case of the appeal, in a track of its own
    policy         text,                                    -- the decision's, for the rates
    rules          text[]      not null default '{}',       -- what flagged, as `rule@version`
    model          text,
    language       text,
    first_reviewer_id bigint,
    record_id      text        not null,                    -- its leaf: the receipt
    filed_at       timestamptz not null,
    due_at         timestamptz not null,
    breached_at    timestamptz,                             -- when the clock saw that it was not answered in time
    outcome        text        check (outcome in ('upheld', 'partial', 'overturned', 'settled')),
    answer         text        not null default '',         -- what the member is told
    decided_by     bigint,
    decided_at     timestamptz,
    decided_record_id text,
    new_decision_id bigint     references decisions,
    check ((outcome is null) = (decided_at is null))
);
create unique index appeals_once on appeals (decision_id, account_id) where kind = 'decision';
create unique index appeals_report on appeals (report_id) where kind = 'report';
create unique index appeals_hold on appeals (post_id) where kind = 'hold' and outcome is null;
create index appeals_account on appeals (account_id, id desc);
create index appeals_case on appeals (case_id);
create index appeals_due on appeals (due_at) where outcome is null;
create index appeals_decided on appeals (decided_at) where outcome is not null;
create table appeal_messages (                              -- what was said, both ways; the first one is why it was filed
    id         bigint      primary key,
    appeal_id  bigint      not null references appeals on delete cascade,
    from_staff boolean     not null,
    author_id  bigint,                                      -- the member, or who of the staff; null: the operator
    text       text        not null,
    at         timestamptz not null
);
create index appeal_messages_appeal on appeal_messages (appeal_id, id);
create table overdue_holds (                                -- held posts that nobody decided in time and that do not return alone
    post_id   bigint      primary key,
    lane      text        not null,
    paged_at  timestamptz not null
);
