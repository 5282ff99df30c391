-- Evidence packs; the dialect is the foundation's. `number` is the failover's: the packs of an environment are a chain
-- without gaps. A pack is never changed, so `document` is the very text whose digest the next one names.
create table evidence (
    failover_id text not null primary key references failovers (id),
    environment_id text not null references environments (id),
    number bigint not null,
    digest text not null,
    document text not null,
    made_at bigint not null
);
create unique index evidence_number on evidence (environment_id, number);
