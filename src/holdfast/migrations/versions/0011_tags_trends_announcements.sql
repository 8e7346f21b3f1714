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
