-- Legal holds by query; witnesses of the ledger.

-- ---------------------------------------------------------------- records/holds
alter table legal_holds
    drop constraint legal_holds_subject_check,
    add constraint legal_holds_subject_check
        check (subject in ('account', 'post', 'media', 'thread', 'report', 'notice')),
    add column since          timestamptz,                 -- of an account: only what was made from then on
    add column before         timestamptz,                 -- and before then; null: no end
    add column authority      text        not null default '',  -- who demands it: a court, an order's number
    add column placed_by      bigint,                      -- an account; null: the operator's command line
    add column expires_at     timestamptz,                 -- released by itself then; null: never
    add column released_at    timestamptz,
    add column released_by    bigint,
    add column release_reason text,
    add column record_id      text,                        -- its leaf of the ledger
    add constraint legal_holds_range check (subject = 'account' or (since is null and before is null));
drop index legal_holds_subject;
create index legal_holds_subject on legal_holds (subject, subject_id) where released_at is null;

create table notice_subjects (                             -- what notices name, written as their items are resolved
    notice_id  bigint not null,
    subject    text   not null check (subject in ('account', 'post', 'media')),
    subject_id bigint not null,
    primary key (notice_id, subject, subject_id)
);
create index notice_subjects_subject on notice_subjects (subject, subject_id);

create table held_copies (                                 -- rows that were overwritten or deleted while their account was held
    id         bigint generated always as identity primary key,
    source     text        not null,                       -- the table
    account_id bigint      not null,
    content    jsonb       not null,                       -- the row as it was
    kept_at    timestamptz not null default now()
);
create index held_copies_account on held_copies (account_id, id);

-- What is held now, evaluated whenever somebody asks: what was made after a hold was placed is held too.
-- An account whose hold names a stretch of time is not held as a whole; what was made in it is.
create view accounts_on_hold as
select h.subject_id as account_id, h.id as hold_id from legal_holds h
where h.released_at is null and h.subject = 'account' and h.since is null and h.before is null
union all
select r.target_id, h.id from legal_holds h join reports r on r.id = h.subject_id
where h.released_at is null and h.subject = 'report' and not exists (select 1 from report_posts p where p.report_id = r.id)
union all
select n.subject_id, h.id from legal_holds h join notice_subjects n on n.notice_id = h.subject_id and n.subject = 'account'
where h.released_at is null and h.subject = 'notice';

create view posts_on_hold_themselves as
select p.id as post_id, a.hold_id from accounts_on_hold a join posts p on p.account_id = a.account_id
union all
select p.id, h.id from legal_holds h join posts p on p.account_id = h.subject_id
where h.released_at is null and h.subject = 'account' and (h.since is not null or h.before is not null)
  and p.created_at >= coalesce(h.since, '-infinity') and p.created_at < coalesce(h.before, 'infinity')
union all
select h.subject_id, h.id from legal_holds h where h.released_at is null and h.subject = 'post'
union all
select p.id, h.id from legal_holds h join posts p on p.thread_id = h.subject_id
where h.released_at is null and h.subject = 'thread'
union all
select r.post_id, h.id from legal_holds h join report_posts r on r.report_id = h.subject_id
where h.released_at is null and h.subject = 'report'
union all
select n.subject_id, h.id from legal_holds h join notice_subjects n on n.notice_id = h.subject_id and n.subject = 'post'
where h.released_at is null and h.subject = 'notice';

create view posts_on_hold as
select post_id, hold_id from posts_on_hold_themselves
union all                                                  -- what a held boost shows is part of it
select b.boost_of_id, s.hold_id from posts_on_hold_themselves s join posts b on b.id = s.post_id
where b.boost_of_id is not null
union all                                                  -- also when the boost was taken back
select (c.content->>'boost_of_id')::bigint, h.id from legal_holds h join held_copies c on c.account_id = h.subject_id
where h.released_at is null and h.subject = 'account' and c.source = 'posts'
  and (c.content->>'created_at')::timestamptz >= coalesce(h.since, '-infinity')
  and (c.content->>'created_at')::timestamptz < coalesce(h.before, 'infinity');

create view media_on_hold as
select m.id as media_id, a.hold_id from accounts_on_hold a join media m on m.account_id = a.account_id
union all
select m.id, h.id from legal_holds h join media m on m.account_id = h.subject_id
where h.released_at is null and h.subject = 'account' and (h.since is not null or h.before is not null)
  and m.created_at >= coalesce(h.since, '-infinity') and m.created_at < coalesce(h.before, 'infinity')
union all
select m.id, p.hold_id from posts_on_hold p join media m on m.post_id = p.post_id
union all
select h.subject_id, h.id from legal_holds h where h.released_at is null and h.subject = 'media'
union all
select n.subject_id, h.id from legal_holds h join notice_subjects n on n.notice_id = h.subject_id and n.subject = 'media'
where h.released_at is null and h.subject = 'notice';

create table held_erasures (                               -- what was to be erased, and by which holds it was not
    id         bigint generated always as identity primary key,
    subject    text        not null check (subject in ('account', 'post', 'media')),
    subject_id bigint      not null,
    hold_ids   bigint[]    not null,                       -- the reason: those that were in force
    asked_by   text        not null,                       -- the path that asked: author, removal, sweep ...
    refused_at timestamptz not null default now(),
    ran_at     timestamptz                                 -- when nothing held it any more, and it was erased
);
create unique index held_erasures_waiting on held_erasures (subject, subject_id) where ran_at is null;
create index held_erasures_holds on held_erasures using gin (hold_ids) where ran_at is null;

-- The paths ask before they delete, and hide or park what is held. What slips past them stops here: a hold that is placed
-- at the same moment, a cascade, a path that forgot. The key of the lock is `holds.model.PLACING`. The error is that of a
-- deadlock, so that who ran into a new hold tries again, asks again, and is told.
create function what_is_held_stays() returns trigger language plpgsql as $$
declare
    held boolean;
begin
    perform pg_advisory_xact_lock_shared(7310579);
    if not exists (select 1 from legal_holds where released_at is null) then
        return old;
    end if;
    held := case tg_table_name
        when 'posts' then exists (select 1 from posts_on_hold where post_id = old.id)
        when 'media' then exists (select 1 from media_on_hold where media_id = old.id)
        when 'accounts' then exists (select 1 from accounts_on_hold where account_id = old.id)
        -- The key of everything that the ledger keeps of somebody, erased by erasing it.
        when 'ledger_subjects' then to_jsonb(old)->>'kind' = 'account'
            and exists (select 1 from accounts_on_hold where account_id = (to_jsonb(old)->>'subject_id')::bigint)
        when 'archives' then exists (select 1 from accounts_on_hold where account_id = (to_jsonb(old)->>'account_id')::bigint)
    end;
    if held and tg_table_name = 'posts' and (to_jsonb(old)->>'boost_of_id') is not null then
        -- A boost has no content of its own: its row is copied, and what it shows stays.
        insert into held_copies (source, account_id, content)
        values ('posts', (to_jsonb(old)->>'account_id')::bigint, to_jsonb(old));
        return old;
    end if;
    if held then
        raise exception 'a legal hold keeps % %', tg_table_name, old.id using errcode = '40P01';
    end if;
    return old;
end $$;
create trigger what_is_held_stays before delete on posts for each row execute function what_is_held_stays();
create trigger what_is_held_stays before delete on media for each row execute function what_is_held_stays();
create trigger what_is_held_stays before delete on accounts for each row execute function what_is_held_stays();
create trigger what_is_held_stays before delete on archives for each row execute function what_is_held_stays();
create trigger what_is_held_stays before delete on ledger_subjects for each row execute function what_is_held_stays();

-- What has no state in which it could be hidden is copied before it goes, or before it is overwritten.
create function what_is_held_is_copied() returns trigger language plpgsql as $$
declare
    owner bigint := case tg_table_name
        when 'accounts' then old.id
        when 'polls' then (select account_id from posts where id = (to_jsonb(old)->>'post_id')::bigint)
        else (to_jsonb(old)->>'account_id')::bigint
    end;
begin
    if exists (select 1 from legal_holds where released_at is null) and (
        exists (select 1 from accounts_on_hold where account_id = owner)
        or (tg_table_name = 'polls'
            and exists (select 1 from posts_on_hold where post_id = (to_jsonb(old)->>'post_id')::bigint))
    ) then
        insert into held_copies (source, account_id, content) values (tg_table_name, owner, to_jsonb(old));
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger what_is_held_is_copied before update of display_name, note, fields, avatar, header on accounts
    for each row when ((old.display_name, old.note, old.fields, old.avatar, old.header)
        is distinct from (new.display_name, new.note, new.fields, new.avatar, new.header))
    execute function what_is_held_is_copied();
create trigger what_is_held_is_copied before delete on scheduled_posts
    for each row execute function what_is_held_is_copied();
create trigger what_is_held_is_copied before delete on polls for each row execute function what_is_held_is_copied();
create trigger what_is_held_is_copied before delete on screening_labels
    for each row execute function what_is_held_is_copied();
create trigger what_is_held_is_copied before delete on account_warnings
    for each row execute function what_is_held_is_copied();

-- ---------------------------------------------------------------- trust/evidence
create table disclosures (                                 -- bundles that were made: what left the server, and for whom
    id              bigint      primary key,
    recipient       text        not null,
    purpose         text        not null,
    authority       text        not null,
    query           jsonb       not null,
    manifest_sha256 bytea       not null,                  -- of the payload manifest, as in the leaf
    file_sha256     bytea       not null,                  -- of the file as it was handed out
    items           integer     not null,
    redactions      integer     not null,
    encrypted_to    text        not null,                  -- an age recipient; empty: not encrypted
    made_by         bigint,                                -- an account; null: the operator's command line
    record_id       text        not null,
    made_at         timestamptz not null
);

-- ---------------------------------------------------------------- social/posts, social/media
create index posts_kept on posts (account_id) where state = 3;
alter table media add column kept_since timestamptz;       -- its owner removed it and a hold keeps it: nobody sees it

-- Witnesses and time stamps of the evidence ledger.

create table ledger_witnesses (
    name          text        primary key,                 -- of its key, as its signature lines begin
    vkey          text        not null unique,
    url           text        not null,                    -- /add-checkpoint stands below it
    by_setting    boolean     not null default false,      -- named by the setting ledger_witnesses
    added_at      timestamptz not null,
    seen_origin   text,                                    -- of which log it cosigned last,
    seen_size     bigint      not null default 0,          -- up to which size,
    seen_at       timestamptz,                             -- and when, by its own clock
    asked_at      timestamptz,
    trouble       text,                                    -- a word of records/witnesses/model.py; null: none
    trouble_text  text,
    trouble_since timestamptz
);

create table ledger_time_stamps (
    id         bigint      primary key,
    origin     text        not null,
    size       bigint      not null,
    note       bytea       not null,                       -- what was stamped: a checkpoint, byte for byte
    authority  text        not null,                       -- its address
    reply      bytea       not null,                       -- RFC 3161 TimeStampResp, DER
    stamped_at timestamptz not null,                       -- by the authority's clock
    reason     text        not null,
    record_id  text,                                       -- what it was asked for, if for one record
    created_at timestamptz not null
);
create index ledger_time_stamps_size on ledger_time_stamps (origin, size);
create index ledger_time_stamps_record on ledger_time_stamps (record_id) where record_id is not null;
