-- Followed and featured tags, endorsements, announcements, trends, texts of the instance.

-- ---------------------------------------------------------------- social/hashtags
create table tag_follows (
    id         bigint not null unique,                      -- pages of followed tags
    account_id bigint not null references accounts on delete cascade,
    tag_id     bigint not null references tags on delete cascade,
    primary key (account_id, tag_id)
);
create index tag_follows_page on tag_follows (account_id, id desc);
create index tag_follows_tag on tag_follows (tag_id);

create table featured_tags (                                -- shown on the profile
    id         bigint not null unique,
    account_id bigint not null references accounts on delete cascade,
    tag_id     bigint not null references tags on delete cascade,
    primary key (account_id, tag_id)
);
create index featured_tags_tag on featured_tags (tag_id);

-- ---------------------------------------------------------------- social/endorsements
create table endorsements (                                 -- accounts that another shows on the profile
    id         bigint not null unique,
    account_id bigint not null references accounts on delete cascade,
    target_id  bigint not null references accounts on delete cascade,
    primary key (account_id, target_id)
);
create index endorsements_target on endorsements (target_id);

-- ---------------------------------------------------------------- social/trends
create table trends (                                       -- made anew by a periodic action; losing it costs minutes
    kind       smallint         not null,                   -- 0 hashtag, 1 post, 2 link
    subject_id bigint           not null,                   -- of tags, posts, preview_cards
    score      double precision not null,
    accounts   integer          not null,                   -- different ones that the score is made of
    primary key (kind, subject_id)
);
create index trends_best on trends (kind, score desc, subject_id);

create table trend_reviews (                                -- what the staff said may trend, or may not
    kind       smallint    not null,
    subject_id bigint      not null,
    allowed    boolean     not null,
    at         timestamptz not null,
    primary key (kind, subject_id)
);

-- ---------------------------------------------------------------- social/suggestions
create table dismissed_suggestions (                        -- whom a member does not want to be suggested again
    account_id bigint      not null references accounts on delete cascade,
    target_id  bigint      not null references accounts on delete cascade,
    at         timestamptz not null,
    primary key (account_id, target_id)
);
create index dismissed_suggestions_target on dismissed_suggestions (target_id);
create index account_counts_followers on account_counts (followers desc);

-- ---------------------------------------------------------------- social/announcements
create table announcements (
    id           bigint      primary key,
    text         text        not null,                      -- as written; HTML is made when read
    starts_at    timestamptz,                               -- of what is announced
    ends_at      timestamptz,                               -- of the same; it is not shown after that
    all_day      boolean     not null,
    publish_at   timestamptz not null,
    published_at timestamptz,                               -- null: it waits for its time
    ended_at     timestamptz,                               -- when it was told that it is over
    updated_at   timestamptz not null
);
create table announcement_reads (                           -- who put it away
    announcement_id bigint not null references announcements on delete cascade,
    account_id      bigint not null references accounts on delete cascade,
    primary key (announcement_id, account_id)
);
create index announcement_reads_account on announcement_reads (account_id);
create table announcement_emoji (                           -- every emoji that was ever used for it, in that order
    id              bigint primary key,
    announcement_id bigint not null references announcements on delete cascade,
    name            text   not null,                        -- the emoji, or the shortcode of one of this server
    unique (announcement_id, name)
);
create table announcement_reactions (
    emoji_id   bigint not null references announcement_emoji on delete cascade,
    account_id bigint not null references accounts on delete cascade,
    primary key (emoji_id, account_id)
);
create index announcement_reactions_account on announcement_reactions (account_id);
