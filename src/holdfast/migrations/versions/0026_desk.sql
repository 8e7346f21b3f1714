-- The desk: appeals by the case they are against; what rules would have done, tried from the desk; bounds for one person.
create index appeals_about_case on appeals (about_case_id) where about_case_id is not null;

create table rule_trials (                                 -- what a rule would have done, asked for at the desk
    id       bigint      primary key,
    rule_id  text,                                         -- of the rules in force; null: `source` is tried
    source   text        not null,
    posts    integer     not null,                         -- so many of the newest are looked at
    asked_by bigint,
    asked_at timestamptz not null,
    state    text        not null,                         -- waiting, running, done, failed
    result   jsonb,                                        -- the simulation
    problem  text        not null default '',
    done_at  timestamptz
);
create index rule_trials_rule on rule_trials (rule_id, id desc);

create table reviewer_caps (                               -- where somebody is given less in a day than the settings allow
    account_id    bigint      primary key references accounts on delete cascade,
    daily_items   integer,                                 -- null: as the settings have it
    daily_heavy   integer,
    daily_minutes integer,
    set_by        bigint,
    set_at        timestamptz not null
);
