-- What an outside judge was asked about queued posts, and what it said. The budget is counted from these rows.

create table second_opinion_requests (                      -- append-only: written before anything is sent
    id              bigint      primary key,
    post_id         bigint      not null,                   -- no reference: a deleted post was still paid for
    written_at      timestamptz not null,                   -- when the post got the text that was sent
    asked_at        timestamptz not null,
    by_hand         boolean     not null,                   -- a person asked, not the queue
    model           text        not null,
    prompt_version  text        not null,
    tokens_reserved bigint      not null                    -- the most that it can take; counts until it is known
);
create index second_opinion_requests_asked on second_opinion_requests (asked_at);
create index second_opinion_requests_post on second_opinion_requests (post_id, id desc);

create table second_opinions (                              -- append-only: what came back; goes only with its post
    request_id        bigint           primary key references second_opinion_requests,
    post_id           bigint           not null references posts on delete cascade,
    answered_at       timestamptz      not null,
    seconds           double precision not null,
    prompt_tokens     bigint,                               -- null: the endpoint did not say
    completion_tokens bigint,
    cost              double precision,                     -- as the endpoint gave it, in its own currency
    answer            text             not null,            -- what the judge wrote, shortened
    scores            jsonb,                                -- null: no usable answer
    reason            text             not null,
    failure           text,                                 -- null: a usable answer
    check ((scores is null) = (failure is not null))
);
create index second_opinions_post on second_opinions (post_id, request_id desc);

create function second_opinion_requests_stay() returns trigger language plpgsql as $$
begin
    raise exception 'requests for second opinions are only ever added';
end $$;
create trigger second_opinion_requests_stay before update or delete on second_opinion_requests
    for each row execute function second_opinion_requests_stay();

create function second_opinions_stay() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and not exists (select 1 from posts where id = old.post_id) then
        return old;
    end if;
    raise exception 'second opinions are only ever added';
end $$;
create trigger second_opinions_stay before update or delete on second_opinions
    for each row execute function second_opinions_stay();
