-- Custom emoji are files of this server's own: no address of somebody else's stands in their place.

alter table custom_emojis
    drop column url,
    add column created_at timestamptz not null default now();

create table custom_emoji_files (
    name         text     primary key,                     -- as in /media/NAME; nobody can guess it
    shortcode    text     not null references custom_emojis on delete cascade,
    role         smallint not null,                        -- 0 as it was given, 2 without motion
    hash         bytea    not null references blobs,
    content_type text     not null,
    size_bytes   bigint   not null,
    unique (shortcode, role)
);
create index custom_emoji_files_hash on custom_emoji_files (hash);
