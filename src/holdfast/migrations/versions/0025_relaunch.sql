-- What a site that goes back in time must know: posts that were deleted on purpose since, so that they do not come back.
create table gone_posts (                                  -- deleted by their authors or by the staff; ids alone, for as long as one can go back
    post_id bigint      primary key,
    gone_at timestamptz not null default now()
);
create index gone_posts_at on gone_posts (gone_at);

-- Carry what a newer state of this database knows into an older one. `newer` is a schema with tables of the same names and columns.
-- Rows that are not here are added, and rows that are here become the newer ones, where every row that they refer to is here.
-- Run with session_replication_role = replica: rows that are only ever added may be put in place, and nothing reacts. How many.
create function carry_newer_rows(wanted text) returns bigint language plpgsql as $$
declare
    here     regclass := to_regclass('public.' || quote_ident(wanted));
    there    regclass := to_regclass('newer.' || quote_ident(wanted));
    names    text;
    keys     text;
    changes  text;
    parents  text;
    carried  bigint;
begin
    if here is null or there is null then
        return 0;
    end if;
    select string_agg(quote_ident(attname), ', ' order by attnum) into names
    from pg_attribute where attrelid = here and attnum > 0 and not attisdropped and attgenerated = '';
    select string_agg(quote_ident(a.attname), ', ') into keys
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = here and i.indisprimary;
    if keys is null then
        return 0;
    end if;
    select string_agg(format('%1$I = excluded.%1$I', attname), ', ') into changes
    from pg_attribute
    where attrelid = here and attnum > 0 and not attisdropped and attgenerated = '' and attidentity <> 'a'
        and attnum <> all ((select indkey from pg_index where indrelid = here and indisprimary)::smallint[]);
    select coalesce(string_agg(clause, ' and '), 'true') into parents
    from (
        select format(
            '((%s) is null or exists (select 1 from %s p where (%s) = (%s)))',
            (select string_agg(format('n.%I', a.attname), ' || ' order by k.place)
             from unnest(c.conkey) with ordinality k (num, place)
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.num),
            c.confrelid::regclass,
            (select string_agg(format('p.%I', a.attname), ', ' order by k.place)
             from unnest(c.confkey) with ordinality k (num, place)
             join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.num),
            (select string_agg(format('n.%I', a.attname), ', ' order by k.place)
             from unnest(c.conkey) with ordinality k (num, place)
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.num)
        ) as clause
        from pg_constraint c where c.conrelid = here and c.contype = 'f' and c.confrelid <> here
    ) clauses;
    execute format(
        'insert into %s (%s) overriding system value select %s from %s n where %s on conflict (%s) do %s',
        here, names, names, there, parents, keys,
        case when changes is null then 'nothing' else 'update set ' || changes end
    );
    get diagnostics carried = row_count;
    return carried;
exception when unique_violation then
    -- Another row here has what only one may have; which of the two is right needs a person, so nothing of this table is changed.
    return -1;
end $$;
