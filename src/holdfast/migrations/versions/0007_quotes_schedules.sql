-- Quotes with consent; posts that wait for their time.

-- ---------------------------------------------------------------- social/quotes
alter table posts add column quote_policy smallint not null default 2;          -- 0 anybody, 1 followers, 2 nobody: who never said, has not agreed
alter table post_counts add column quotes integer not null default 0;           -- accepted, by posts that can be seen
alter table users add column posting_quote_policy text not null default 'public';

create table quotes (
    post_id           bigint   primary key references posts on delete cascade,  -- the post that quotes
    quoted_id         bigint   references posts on delete set null,             -- null: it was deleted
    state             smallint not null                                         -- 0 pending, 1 accepted, 2 rejected, 3 revoked
);
create index quotes_quoted on quotes (quoted_id, post_id desc) where quoted_id is not null;

-- ---------------------------------------------------------------- social/schedules
create table scheduled_posts (
    id              bigint      primary key,
    account_id      bigint      not null references accounts on delete cascade,
    app_id          bigint references apps on delete set null,
    scheduled_at    timestamptz not null,
    draft           bytea       not null,                  -- msgspec JSON: what will be composed and screened at its time
    idempotency_key text,
    created_at      timestamptz not null,
    failed_at       timestamptz,                           -- it could not be published; kept for its author
    failure         text
);
create index scheduled_posts_account on scheduled_posts (account_id, id desc);
create index scheduled_posts_due on scheduled_posts (account_id, scheduled_at);
