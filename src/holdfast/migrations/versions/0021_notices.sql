-- The notice desk: notices from outside, what they cite, their clocks, what was said, and the work that follows.

-- ---------------------------------------------------------------- trust/notices
create table notices (
    id               bigint      primary key,
    reference        text        not null unique,          -- what the sender quotes
    token_hash       bytea       not null unique,          -- of the secret that opens the status page
    preset           text        not null,                 -- of the presets in force when it was classified
    title            text        not null,
    jurisdiction     text        not null,
    capacity         text        not null,                 -- authority, host, store, rights_holder ...
    channel          text        not null check (channel in ('email', 'form', 'api', 'letter', 'phone', 'report', 'flag')),
    external_id      text,                                 -- makes it the same when it is delivered twice
    sender           jsonb       not null,                 -- name, organisation, email, phone, address, on_behalf_of, country
    sender_key       text        not null,                 -- the party: scorecards and floods go by it
    flood_key        text        not null,
    verification     jsonb       not null,                 -- how, details
    received_at      timestamptz not null,                 -- when it reached us: clocks start here
    recorded_at      timestamptz not null,
    raw_sha256       bytea,                                -- of the exact bytes, which are a body of its record
    raw_bytes        integer,
    language         text        not null,
    subject          text        not null,
    text             text        not null,
    legal_basis      text        not null,
    their_reference  text        not null,
    contract_clause  text        not null,
    statements       jsonb       not null,                 -- good_faith, accuracy ...: true or false
    completeness     jsonb       not null,                 -- fields that the law asks for: ok or missing
    attachments      jsonb       not null,
    stated_deadline  timestamptz,
    known_at         timestamptz not null,                 -- when we knew
    valid_at         timestamptz,                          -- since when nothing was missing; null: something is
    lane             text        not null check (lane in ('P0', 'P1', 'P2', 'P3', 'P4')),
    state            text        not null,
    whole            text,                                 -- the outcome of one without items
    outcome          text,
    sealed           boolean     not null,
    sealed_until     timestamptz,
    gag              boolean     not null,                 -- members concerned must not be told
    hold_id          bigint,
    hold_released_at timestamptz,
    duplicate_of     bigint      references notices,
    group_id         bigint      references notices,       -- of a flood: its first
    report_id        bigint,                               -- a member's report that it was made of
    items            integer     not null default 0,
    open_items       integer     not null default 0,       -- without an outcome
    items_left_out   integer     not null default 0,
    due_at           timestamptz,                          -- of the clock to act that ends first
    breached         boolean     not null default false,
    assigned_id      bigint,
    version          integer     not null default 1,
    record_id        text        not null,
    first_seen_at    timestamptz,                          -- a person opened it
    acknowledged_at  timestamptz,
    decided_at       timestamptz,
    answered_at      timestamptz,
    closed_at        timestamptz,
    closed_record_id text
);
create unique index notices_once on notices (channel, external_id) where external_id is not null;
create index notices_queue on notices (due_at, id) where closed_at is null;
create index notices_sender on notices (sender_key, id desc);
create index notices_flood on notices (flood_key, received_at desc);
create index notices_group on notices (group_id, id) where group_id is not null;
create index notices_report on notices (report_id) where report_id is not null;
create index notices_held on notices (closed_at) where hold_id is not null and hold_released_at is null;
create index notices_sealed on notices (sealed_until) where sealed and sealed_until is not null;

create table notice_messages (                             -- what was said, each with its exact bytes in its record
    id              bigint      primary key,
    notice_id       bigint      not null references notices on delete cascade,
    direction       text        not null check (direction in ('in', 'out', 'note')),
    kind            text        not null,
    channel         text        not null,
    external_id     text,                                  -- Message-ID of a mail
    subject         text        not null,
    text            text        not null,
    raw_sha256      bytea,
    raw_bytes       integer,
    template        text        not null,
    delivery        text        not null,                  -- queued, sent, delivered, delayed, failed; '' for what is not sent
    delivery_detail text        not null,
    delivered_at    timestamptz,
    author_id       bigint,
    record_id       text        not null,
    at              timestamptz not null
);
create index notice_messages_notice on notice_messages (notice_id, id);
create index notice_messages_external on notice_messages (external_id) where external_id is not null;
create unique index notice_messages_once on notice_messages (notice_id, direction, external_id) where external_id is not null;

create table notice_events (                               -- the timeline: append-only
    id        bigint      primary key,
    notice_id bigint      not null references notices on delete cascade,
    at        timestamptz not null,
    what      text        not null,
    actor_id  bigint,
    actor_kind text       not null,
    note      text        not null default '',
    details   jsonb       not null default '{}',
    record_id text
);
create index notice_events_notice on notice_events (notice_id, id);
create function notice_events_stay() returns trigger language plpgsql as $$
begin
    raise exception 'what happened to a notice stays on record' using errcode = 'integrity_constraint_violation';
end $$;
create trigger notice_events_stay before update on notice_events for each row execute function notice_events_stay();

-- ---------------------------------------------------------------- trust/notice_items
create table notice_items (
    notice_id        bigint      not null references notices on delete cascade,
    n                integer     not null,
    as_given         text        not null,
    url              text        not null,                 -- the reading that was taken
    readings         text[]      not null,
    marks            text[]      not null,
    alleged          text        not null,
    found            text        not null,                 -- post, account, media, tag, page, elsewhere, unresolved
    subject_id       bigint,
    account_id       bigint,                               -- whose it is
    resolved_by      bigint,
    resolved_at      timestamptz,
    snapshot_sha256  bytea,                                -- of the content as it was, a body of the record
    record_id        text        not null,
    duplicate_of     integer,                              -- the first of this notice about the same
    before_notice_id bigint,                               -- the newest earlier notice that cites it
    before_n         integer,
    case_id          bigint,
    decision_id      bigint,
    outcome          text,
    reason           text        not null default '',
    settled_by       bigint,
    settled_at       timestamptz,
    first_seen_at    timestamptz,
    actioned_at      timestamptz,
    primary key (notice_id, n)
);
create index notice_items_subject on notice_items (found, subject_id, notice_id desc) where subject_id is not null;
create index notice_items_case on notice_items (case_id) where case_id is not null;
create index notice_items_decision on notice_items (decision_id) where decision_id is not null;
create index notice_items_account on notice_items (account_id) where account_id is not null;
create index notice_items_url on notice_items (md5(url), notice_id desc) where url <> '';

-- ---------------------------------------------------------------- trust/notice_clocks
create table notice_preset_versions (                      -- files of presets by the operator; the newest is in force
    id           bigint      primary key,
    content      text        not null,
    sha256       bytea       not null,
    note         text        not null default '',
    published_by bigint,
    published_at timestamptz not null,
    record_id    text        not null
);
create table notice_clocks (
    id               bigint      primary key,
    notice_id        bigint      not null references notices on delete cascade,
    name             text        not null,
    preset           jsonb       not null,                 -- as it was when the clock was made
    calendar         jsonb       not null,
    basis            text        not null,
    purpose          text        not null,
    met_by_step      text        not null,
    starts_at        timestamptz,                          -- null: what it counts from has not happened
    stated_at        timestamptz,
    due_at           timestamptz,
    opens_at         timestamptz,
    met_at           timestamptz,
    met_by           bigint,
    met_evidence     text        not null default '',
    breached_at      timestamptz,                          -- never taken back
    breach_record_id text,
    warned           smallint[]  not null default '{}',
    warn_percent     smallint[]  not null,
    looks_next_at    timestamptz,                          -- when its state or warnings change by themselves
    ended_at         timestamptz,                          -- the notice is of another kind
    pauses           jsonb       not null default '[]',
    extensions       jsonb       not null default '[]'
);
create index notice_clocks_notice on notice_clocks (notice_id, id);
create index notice_clocks_next on notice_clocks (looks_next_at) where looks_next_at is not null;
create function notice_breaches_stay() returns trigger language plpgsql as $$
begin
    if old.breached_at is not null and new.breached_at is distinct from old.breached_at then
        raise exception 'a breach stays on record' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger notice_breaches_stay before update on notice_clocks for each row execute function notice_breaches_stay();

create table notice_pages (                                -- who was told of a clock, how, and whether it arrived
    id         bigint      primary key,
    notice_id  bigint      not null references notices on delete cascade,
    clock_id   bigint,
    cause      text        not null,                       -- received, warned, breached
    percent    smallint    not null default 0,
    via        text        not null,                       -- push, mail, webhook, command
    target     text        not null,
    outcome    text        not null,                       -- queued, done, failed
    detail     text        not null default '',
    at         timestamptz not null,
    ended_at   timestamptz
);
create index notice_pages_notice on notice_pages (notice_id, id);

-- ---------------------------------------------------------------- trust/notice_work
create table notice_counters (                             -- counter-notices, and when what was removed goes back
    id            bigint      primary key,
    notice_id     bigint      not null references notices on delete cascade,
    by_account_id bigint,
    items         integer[]   not null,
    text          text        not null,
    completeness  jsonb       not null,
    filed_at      timestamptz not null,
    forwarded_at  timestamptz,                             -- to the sender of the notice
    clock_id      bigint      references notice_clocks,
    suit_at       timestamptz,                             -- the sender says that an action was filed: nothing goes back
    suit_evidence text        not null default '',
    restored_at   timestamptz,
    record_id     text        not null
);
create index notice_counters_notice on notice_counters (notice_id, id);
create index notice_counters_open on notice_counters (id) where restored_at is null and suit_at is null;

create table notice_referrals (                            -- suspicions of a threat to life or safety, told to authorities
    id            bigint      primary key,
    notice_id     bigint      references notices,
    item_n        integer,
    account_id    bigint,
    post_id       bigint,
    member_state  text        not null,                    -- ISO 3166; '' where it is not known
    authority     text        not null,
    offence       text        not null,
    threat        text        not null,
    facts         text        not null,
    known_at      timestamptz not null,
    place         text        not null,
    persons       text        not null,
    contact       text        not null,
    sealed        boolean     not null,
    hold_id       bigint,
    sent_via      text        not null,
    sent_at       timestamptz,
    sent_by       bigint,
    their_reference text      not null default '',
    placed_by     bigint,
    placed_at     timestamptz not null,
    record_id     text        not null,
    sent_record_id text
);
create index notice_referrals_notice on notice_referrals (notice_id) where notice_id is not null;

create table readiness_items (                             -- what has to be there before we are put out: one list for each breach
    notice_id  bigint      not null references notices on delete cascade,
    key        text        not null,
    position   integer     not null,
    done_at    timestamptz,
    done_by    bigint,
    source     text        not null default '',            -- hand, or where the fact comes from
    note       text        not null default '',
    checked_at timestamptz,
    primary key (notice_id, key)
);
