-- One dialect for SQLite and PostgreSQL: only TEXT and BIGINT. Ids are UUID text, times microseconds since 1970 (UTC),
-- booleans 0 or 1, digests 64 hexadecimal digits. Plans and states are never here: they are sealed artefacts.

create table users (
    id text not null primary key,
    login text not null,
    display_name text not null,
    is_admin bigint not null,
    password_hash text,
    created_at bigint not null
);
create unique index users_login on users (login);

create table teams (
    id text not null primary key,
    name text not null
);
create unique index teams_name on teams (name);

create table memberships (
    user_id text not null references users (id) on delete cascade,
    team_id text not null references teams (id) on delete cascade,
    role text not null,
    primary key (user_id, team_id, role)
);

-- `key` is the SHA-256 of the session id.
create table sessions (
    key text not null primary key,
    data text not null,
    expires_at bigint not null
);
create index sessions_expiry on sessions (expires_at);

create table api_tokens (
    id text not null primary key,
    user_id text not null references users (id) on delete cascade,
    name text not null,
    digest text not null,
    created_at bigint not null,
    expires_at bigint not null,
    last_used_at bigint
);
create unique index api_tokens_digest on api_tokens (digest);
create index api_tokens_user on api_tokens (user_id, id);

create table accounts (
    id text not null primary key,
    name text not null,
    aws_account_id text not null,
    plan_role_arn text,
    apply_role_arn text,
    external_id text,
    guarded bigint not null,
    endpoint text
);
create unique index accounts_name on accounts (name);

-- `operation` is the run that holds the operation slot; `state_lock` Terraform's own lock (LockInfo, JSON).
-- `revision` is counted up by every transaction that changes the environment or its runs: that update is their lock.
create table environments (
    id text not null primary key,
    suffix text not null,
    team_id text not null references teams (id),
    account_id text not null references accounts (id),
    profile text not null,
    profile_digest text not null,
    active_region text not null,
    standby_region text not null,
    parameters text not null,
    state text not null,
    state_serial bigint not null,
    operation text,
    state_lock text,
    run_count bigint not null,
    revision bigint not null,
    created_at bigint not null,
    created_by text not null references users (id)
);
create unique index environments_suffix on environments (account_id, suffix) where state <> 'destroyed';
create index environments_team on environments (team_id, id);

-- `planned_serial` is the serial of the state the plan was made from. `fence` grows with every claim.
-- `credential` is the SHA-256 of what the run shows to the state backend.
create table runs (
    id text not null primary key,
    environment_id text not null references environments (id),
    number bigint not null,
    kind text not null,
    state text not null,
    cancel_requested bigint not null,
    attempts bigint not null,
    reason text,
    profile_digest text not null,
    plan_digest text,
    plan_add bigint,
    plan_change bigint,
    plan_destroy bigint,
    planned_serial bigint,
    progress_done bigint not null,
    progress_total bigint not null,
    requested_by text not null references users (id),
    attestation text,
    worker_id text,
    fence bigint not null,
    lease_until bigint,
    credential text,
    last_seq bigint not null,
    created_at bigint not null,
    planning_at bigint,
    planned_at bigint,
    applying_at bigint,
    ended_at bigint
);
create unique index runs_number on runs (environment_id, number);
create index runs_environment on runs (environment_id, id);
create index runs_state on runs (state, id);
create unique index runs_credential on runs (credential);
-- The operation slot, held by the database as well.
create unique index runs_one_working on runs (environment_id) where state in ('planning', 'applying');

create table approvals (
    id text not null primary key,
    run_id text not null references runs (id),
    decision text not null,
    decided_by text not null references users (id),
    plan_digest text not null,
    comment text,
    decided_at bigint not null
);
create unique index approvals_run on approvals (run_id);

-- Events of a run, numbered without gaps, many to a row: `events` is a JSON array of bodies, the first one's number
-- is `first_seq`.
create table run_events (
    run_id text not null references runs (id),
    first_seq bigint not null,
    last_seq bigint not null,
    recorded_at bigint not null,
    events text not null,
    primary key (run_id, first_seq)
);
create unique index run_events_last on run_events (run_id, last_seq);

create table state_versions (
    id text not null primary key,
    environment_id text not null references environments (id),
    run_id text not null references runs (id),
    serial bigint not null,
    lineage text not null,
    size_bytes bigint not null,
    digest text not null,
    chain text not null,
    salvaged bigint not null,
    created_at bigint not null
);
create unique index state_versions_serial on state_versions (environment_id, serial);

-- The newest link of the audit chain; its update is the lock on the chain.
create table audit_head (
    id bigint not null primary key,
    seq bigint not null,
    hash text not null
);
insert into audit_head (id, seq, hash)
values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

create table audit_events (
    seq bigint not null primary key,
    id text not null,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null,
    team_id text,
    environment_id text,
    hash text not null
);
create index audit_events_environment on audit_events (environment_id, seq);

create table idempotency_keys (
    user_id text not null references users (id) on delete cascade,
    key text not null,
    request text not null,
    subject text not null,
    created_at bigint not null,
    primary key (user_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
