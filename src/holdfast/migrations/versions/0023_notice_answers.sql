-- Answers to notices: what was written for one, what went out, and what became of it. The exact bytes are a body of the ledger.

-- ---------------------------------------------------------------- trust/answers
create table notice_answers (
    message_id  bigint      primary key,                    -- the message of the notice that it is
    notice_id   bigint      not null,
    kind        text        not null,
    language    text        not null,
    digest      text        not null,                       -- of what its reader sees: the same is not sent twice
    recipient   text        not null,                       -- '': on the status page alone
    mail_id     text        not null,                       -- the Message-ID; '' where it does not go by mail
    status      text        not null check (status in ('page', 'waiting', 'accepted', 'refused', 'failed', 'unknown')),
    said        text        not null default '',            -- by the mail server; 'under way' while it is asked
    attempts    integer     not null default 0,
    automatic   boolean     not null,
    approved_by bigint,
    made_at     timestamptz not null,
    settled_at  timestamptz
);
create index notice_answers_notice on notice_answers (notice_id, digest);
create index notice_answers_open on notice_answers (made_at) where status = 'waiting';
create table notice_answer_notes (                          -- what somebody wrote into the gaps of an answer that has not gone yet
    notice_id bigint      not null,
    kind      text        not null,
    notes     jsonb       not null,
    saved_by  bigint,
    saved_at  timestamptz not null,
    primary key (notice_id, kind)
);
create table notice_sender_paces (                          -- senders whose notices wait for those of others, and why
    sender_key text        primary key,
    pace       text        not null check (pace in ('normal', 'slowed')),
    reason     text        not null,
    by_policy  boolean     not null,
    set_by     bigint,
    set_at     timestamptz not null,
    until      timestamptz,
    record_id  text        not null
);

-- ---------------------------------------------------------------- trust/evidence
alter table disclosures add column form text not null default 'bundle';  -- bundle, items.csv, lumen, summary ...
