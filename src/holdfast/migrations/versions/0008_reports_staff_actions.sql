-- Reports, what the staff did, blocks of networks, mail domains and servers, webhooks.

-- ---------------------------------------------------------------- social/accounts: what the staff took away, and until when
alter table accounts
    add column limited_at       timestamptz,               -- kept out of public timelines and search
    add column limited_until    timestamptz,
    add column sensitized_at    timestamptz,               -- everything shown is marked sensitive
    add column sensitized_until timestamptz,
    add column suspended_until  timestamptz;
create index accounts_restricted on accounts (id)
    where limited_until is not null or sensitized_until is not null or suspended_until is not null;
alter table users
    add column disabled_at    timestamptz,                 -- cannot sign in, and no token opens anything
    add column disabled_until timestamptz,
    add column sign_up_ip     inet;
create index users_disabled on users (account_id) where disabled_until is not null;

-- ---------------------------------------------------------------- social/bans
create table server_blocks (                               -- whole servers of others; federation asks
    id              bigint primary key,
    domain          text        not null unique,           -- with all domains below it
    severity        text        not null check (severity in ('noop', 'silence', 'suspend')),
    reject_media    boolean     not null,
    reject_reports  boolean     not null,
    private_comment text,
    public_comment  text,
    obfuscate       boolean     not null,
    created_at      timestamptz not null
);
create table server_allows (
    id         bigint primary key,
    domain     text        not null unique,
    created_at timestamptz not null
);
create table mail_domain_blocks (                          -- no sign-up with addresses of these
    id                  bigint primary key,
    domain              text        not null unique,       -- with all domains below it
    allow_with_approval boolean     not null,
    created_at          timestamptz not null
);
create table mailbox_blocks (                              -- single mailboxes, kept as a hash of their one form
    id         bigint primary key,
    hash       text        not null unique,                -- SHA-256, hexadecimal
    account_id bigint,                                     -- whose it was, if it was taken from an account
    created_at timestamptz not null
);
create table network_blocks (
    id         bigint primary key,
    network    cidr        not null unique,
    severity   text        not null check (severity in ('sign_up_requires_approval', 'sign_up_block', 'no_access')),
    comment    text        not null,
    expires_at timestamptz,
    created_at timestamptz not null
);

-- ---------------------------------------------------------------- trust/staff_actions
create table moderation_actions (                          -- append-only: everything that the staff did
    id           bigint      primary key,
    actor_id     bigint,                                   -- null: the operator's command line, or the server itself
    actor_role   text        not null,
    verb         text        not null,                     -- such as account.suspend or report.resolve
    subject_kind text        not null,
    subject_id   bigint,
    subject_name text,                                     -- of what has no id that others know: a domain, a network
    account_id   bigint,                                   -- the account that it concerns
    report_id    bigint,
    reason       text        not null,                     -- for the staff
    policy       text        not null,                     -- what the member was told
    details      jsonb       not null,
    at           timestamptz not null
);
create index moderation_actions_account on moderation_actions (account_id, id desc) where account_id is not null;
create index moderation_actions_report on moderation_actions (report_id, id desc) where report_id is not null;
create function moderation_actions_stay() returns trigger language plpgsql as $$
begin
    raise exception 'actions of the staff are only ever added';
end $$;
create trigger moderation_actions_stay before update or delete on moderation_actions
    for each row execute function moderation_actions_stay();

create table account_warnings (                            -- what a member is told of it
    id         bigint      primary key,
    account_id bigint      not null references accounts on delete cascade,
    action_id  bigint      not null,
    action     text        not null,
    text       text        not null,
    post_ids   bigint[]    not null,
    report_id  bigint,
    created_at timestamptz not null
);
create index account_warnings_account on account_warnings (account_id, id desc);

-- ---------------------------------------------------------------- trust/reports
create table reports (
    id          bigint      primary key,
    account_id  bigint      references accounts on delete set null,  -- who reported; never shown to others than staff
    target_id   bigint      not null references accounts on delete cascade,
    category    text        not null check (category in ('spam', 'legal', 'violation', 'other')),
    comment     text        not null,
    rule_ids    smallint[]  not null,
    forward     boolean     not null,                      -- asked to be passed on to the other server
    app_id      bigint,
    assigned_id bigint      references accounts on delete set null,
    resolved_at timestamptz,
    resolved_by bigint      references accounts on delete set null,
    created_at  timestamptz not null,
    updated_at  timestamptz not null
);
create index reports_open on reports (id desc) where resolved_at is null;
create index reports_target on reports (target_id, id desc);
create index reports_account on reports (account_id, id desc);
create table report_posts (                                -- ids stay when a post is deleted
    post_id   bigint not null,
    report_id bigint not null references reports on delete cascade,
    primary key (post_id, report_id)
);
create index report_posts_report on report_posts (report_id, post_id);

-- Notifications about a report or a warning, besides those about accounts and posts.
alter table notifications add column subject_id bigint;
drop index notifications_once;
create unique index notifications_once on notifications
    (account_id, kind, from_id, coalesce(post_id, 0), coalesce(subject_id, 0));

-- ---------------------------------------------------------------- trust/webhooks
create table webhooks (
    id            bigint      primary key,
    url           text        not null,
    events        text[]      not null,
    secret        bytea       not null,                    -- sealed with the column key
    enabled       boolean     not null default true,
    failing_since timestamptz,                             -- null: the last delivery arrived
    last_error    text,
    created_at    timestamptz not null
);
