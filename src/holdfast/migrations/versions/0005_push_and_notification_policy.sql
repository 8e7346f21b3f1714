-- Web Push subscriptions; groups of notifications; which notifications are kept apart.

-- ---------------------------------------------------------------- social/notifications
alter table notifications
    add column filtered    boolean not null default false,  -- the member's policy keeps it apart, with its sender's request
    add column group_about bigint,                          -- what those of one group have in common: a post, or 0
    add column group_hour  integer;                         -- the hour (since 1970) in which the group began; null: by itself
create index notifications_group on notifications (account_id, kind, group_about, group_hour, id desc)
    where group_hour is not null;
create index notifications_filtered on notifications (account_id, from_id, id desc) where filtered and not dismissed;

create table notification_requests (                       -- somebody whose notifications are kept apart
    id           bigint      primary key,
    account_id   bigint      not null references accounts on delete cascade,
    from_id      bigint      not null references accounts on delete cascade,
    last_post_id bigint references posts on delete set null,
    created_at   timestamptz not null,
    updated_at   timestamptz not null,
    unique (account_id, from_id)
);
create index notification_requests_account on notification_requests (account_id, id desc);
create index notification_requests_from on notification_requests (from_id);
create index notification_requests_post on notification_requests (last_post_id) where last_post_id is not null;

-- ---------------------------------------------------------------- social/notification_policies
create table notification_policies (                       -- no row: the defaults of the code
    account_id       bigint primary key references users on delete cascade,
    not_following    text not null check (not_following in ('accept', 'filter', 'drop')),
    not_followers    text not null check (not_followers in ('accept', 'filter', 'drop')),
    new_accounts     text not null check (new_accounts in ('accept', 'filter', 'drop')),
    private_mentions text not null check (private_mentions in ('accept', 'filter', 'drop')),
    limited_accounts text not null check (limited_accounts in ('accept', 'filter', 'drop')),
    bots             text not null check (bots in ('accept', 'filter', 'drop'))
);
create table notification_permissions (                    -- whose notifications the member lets through whatever the policy says
    account_id bigint not null references accounts on delete cascade,
    from_id    bigint not null references accounts on delete cascade,
    primary key (account_id, from_id)
);
create index notification_permissions_from on notification_permissions (from_id);

-- ---------------------------------------------------------------- social/push
create table push_subscriptions (
    id            integer     generated always as identity primary key,  -- small: apps read it into 32 bits
    token_id      bigint      not null unique references access_tokens on delete cascade,
    account_id    bigint      not null references users on delete cascade,
    endpoint      text        not null,
    public_key    bytea       not null,                    -- of the device: a point on P-256, uncompressed
    auth          bytea       not null,                    -- 16 bytes that the device shares with us
    standard      boolean     not null,                    -- RFC 8291; else the draft that older apps speak
    declarative   boolean     not null,
    alerts        text[]      not null,                    -- kinds of notifications
    policy        text        not null check (policy in ('all', 'followed', 'follower', 'none')),
    sealed_token  bytea,                                   -- the access token, sealed: apps know their account by it
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    failures      integer     not null default 0,          -- one after the other
    failing_since timestamptz                              -- null: the last message was taken
);
create index push_subscriptions_account on push_subscriptions (account_id);
