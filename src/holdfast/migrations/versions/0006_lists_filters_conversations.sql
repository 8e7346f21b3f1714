-- Lists, filters, conversations.

-- ---------------------------------------------------------------- social/lists
create table lists (
    id             bigint  primary key,
    account_id     bigint  not null references accounts on delete cascade,
    title          text    not null,
    replies_policy text    not null default 'list' check (replies_policy in ('followed', 'list', 'none')),
    exclusive      boolean not null default false           -- its members are left out of the home timeline
);
create index lists_account on lists (account_id, id);

create table list_members (
    id         bigint not null unique,                      -- pages of members
    list_id    bigint not null references lists on delete cascade,
    account_id bigint not null references accounts on delete cascade,
    primary key (list_id, account_id)
);
create index list_members_account on list_members (account_id);

-- ---------------------------------------------------------------- social/filters
create table filters (
    id         bigint primary key,
    account_id bigint not null references accounts on delete cascade,
    title      text   not null,
    contexts   text[] not null,
    action     text   not null check (action in ('warn', 'hide', 'blur')),
    expires_at timestamptz                                  -- null: in force until it is deleted
);
create index filters_account on filters (account_id, id);

create table filter_keywords (
    id         bigint  primary key,
    filter_id  bigint  not null references filters on delete cascade,
    keyword    text    not null,
    whole_word boolean not null
);
create index filter_keywords_filter on filter_keywords (filter_id, id);

create table filter_posts (                                 -- single posts that a filter names
    id        bigint primary key,
    filter_id bigint not null references filters on delete cascade,
    post_id   bigint not null references posts on delete cascade,
    unique (filter_id, post_id)
);
create index filter_posts_post on filter_posts (post_id);

-- ---------------------------------------------------------------- social/conversations
create table conversations (                                -- what one account has of a thread with the same people
    id           bigint   primary key,
    account_id   bigint   not null references accounts on delete cascade,
    thread_id    bigint   not null,
    participants bigint[] not null,                         -- the others, ascending
    last_post_id bigint   not null,
    unread       boolean  not null,
    dismissed    boolean  not null default false,           -- kept, so that an edit does not bring it back
    unique (account_id, thread_id, participants)
);
create index conversations_page on conversations (account_id, last_post_id desc) where not dismissed;
create index conversations_last on conversations (last_post_id);

create table conversation_posts (
    conversation_id bigint not null references conversations on delete cascade,
    post_id         bigint not null references posts on delete cascade,
    primary key (conversation_id, post_id)
);
create index conversation_posts_post on conversation_posts (post_id);
