-- 1 while a run plans what is no more (the regions changed roles meanwhile): it is planned again.
alter table runs add column plan_outdated bigint not null default 0;
