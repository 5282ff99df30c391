-- Failovers that an environment's own automation did; the dialect is the foundation's. `operation` is what the automation calls it,
-- `operation_attempt` how often it was begun; both are null for the portal's own.
alter table failovers add column operation text;
alter table failovers add column operation_attempt bigint;
-- Taken into the history once, whoever sees it.
create unique index failovers_operation on failovers (environment_id, operation, operation_attempt);

-- Nobody of the portal asked for those: `requested_by` may be null. No statement that both databases know says so of a column that
-- stands, so it is made anew.
alter table failovers add column asked_by text references users (id);
update failovers set asked_by = requested_by;
alter table failovers drop column requested_by;
alter table failovers rename column asked_by to requested_by;
