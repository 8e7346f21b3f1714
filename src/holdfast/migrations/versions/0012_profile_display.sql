-- What a profile shows of itself, and which sites may name its owner as their author.

alter table accounts
    add column show_media          boolean not null default true,
    add column show_media_replies  boolean not null default true,
    add column show_featured       boolean not null default true,
    add column attribution_domains text[]  not null default '{}';
