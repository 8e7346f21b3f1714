-- Cards: what a page that posts link to says of itself. One row for each address, whoever links to it.

-- ---------------------------------------------------------------- social/cards
create table preview_cards (
    id            bigint primary key,
    url           text        not null unique,              -- as posts write it, in its one form
    state         smallint    not null default 0,           -- 0 wanted, 1 shown, 2 there is none, 3 withheld by screening
    final_url     text        not null default '',          -- where it led
    kind          smallint    not null default 0,           -- 0 link, 1 photo, 2 video
    title         text        not null default '',
    description   text        not null default '',
    language      text,
    provider_name text        not null default '',
    provider_url  text        not null default '',
    author_name   text        not null default '',
    author_url    text        not null default '',
    html          text        not null default '',          -- of our own making
    embed_url     text        not null default '',
    width         integer     not null default 0,
    height        integer     not null default 0,
    published_at  timestamptz,
    image         text unique,                              -- name of the file, which nobody can guess
    image_hash    bytea references blobs on delete restrict,
    image_type    text,
    image_bytes   bigint,
    image_description text    not null default '',
    blurhash      text,
    created_at    timestamptz not null,
    fetched_at    timestamptz,                              -- the last time that it was asked, well or badly
    fetching_until timestamptz,                             -- somebody asks now
    failures      smallint    not null default 0            -- in a row
);
create index preview_cards_final on preview_cards (final_url) where state = 1;

create index preview_cards_blob on preview_cards (image_hash) where image_hash is not null;

create table post_cards (
    post_id bigint primary key references posts on delete cascade,
    card_id bigint not null references preview_cards on delete cascade
);
create index post_cards_card on post_cards (card_id, post_id desc);
