-- Second looks at decisions that took many posts away at once.

alter table quality_looks drop constraint quality_looks_kind_check;
alter table quality_looks add constraint quality_looks_kind_check
    check (kind in ('second', 'wide', 'requeue', 'adjudication', 'gold', 'sample'));
drop index quality_looks_first;
create unique index quality_looks_first on quality_looks (first_decision_id) where kind in ('second', 'wide', 'requeue');
