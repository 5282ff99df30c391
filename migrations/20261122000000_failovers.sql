-- Failovers, readings and the lag's history; the dialect is the foundation's.

alter table accounts add column operate_role_arn text;

-- `failover` is the failover that holds the operation slot from its first claim until it ends; `last_proven_at` when
-- a change of roles was brought to its end last.
alter table environments add column failover text;
alter table environments add column last_proven_at bigint;

-- `acknowledged`, `preview`, `steps` and `report` are JSON. `stopping_since` is when the run that was in the way was
-- asked to stop. `fence` grows with every claim, `revision` with every change that people can see.
create table failovers (
    id text not null primary key,
    environment_id text not null references environments (id),
    number bigint not null,
    kind text not null,
    state text not null,
    from_region text not null,
    to_region text not null,
    reason text not null,
    drill bigint not null,
    acknowledged text not null,
    requested_by text not null references users (id),
    confirmed_by text references users (id),
    preview text not null,
    steps text not null,
    pause_requested bigint not null,
    why text,
    report text,
    rto_seconds bigint not null,
    rpo_seconds bigint not null,
    revision bigint not null,
    stopping_since bigint,
    worker_id text,
    fence bigint not null,
    lease_until bigint,
    created_at bigint not null,
    started_at bigint,
    ended_at bigint
);
create unique index failovers_number on failovers (environment_id, number);
create index failovers_environment on failovers (environment_id, id);
create index failovers_state on failovers (state, id);
-- One open failover an environment, held by the database as well. It is the list of open ones, too.
create unique index failovers_one_open on failovers (environment_id) where ended_at is null;

-- The newest readings of an environment, as JSON.
create table readings (
    environment_id text not null primary key references environments (id),
    taken_at bigint not null,
    record text not null
);

-- The lag's history: the greatest lag of each stretch of `resolution` seconds that begins at `at`, in microseconds;
-- null where nothing was known.
create table lag_points (
    environment_id text not null references environments (id),
    resolution bigint not null,
    at bigint not null,
    lag bigint,
    primary key (environment_id, resolution, at)
);
create index lag_points_age on lag_points (resolution, at);

-- What one process does at a time, by name.
create table leases (
    name text not null primary key,
    holder text not null,
    until bigint not null
);
