-- Drills and their schedules; the dialect is the foundation's.

-- `terms`, `progress` and `abort_wish` are JSON. `revision` grows with every change: the driver writes on what it read only.
create table drills (
    id text not null primary key,
    environment_id text not null references environments (id),
    number bigint not null,
    mode text not null,
    state text not null,
    terms text not null,
    progress text not null,
    requested_by text not null references users (id),
    approved_by text references users (id),
    abort_wish text,
    revision bigint not null,
    created_at bigint not null,
    ended_at bigint
);
create unique index drills_number on drills (environment_id, number);
create index drills_environment on drills (environment_id, id);
-- One open drill an environment, held by the database as well. It is the list of open ones, too.
create unique index drills_one_open on drills (environment_id) where ended_at is null;

-- `policy` is JSON; `next_at` is when the next drill of its own begins.
create table drill_schedules (
    environment_id text not null primary key references environments (id),
    policy text not null,
    next_at bigint,
    made_by text not null references users (id),
    approved_by text references users (id),
    reminded_at bigint,
    created_at bigint not null
);
