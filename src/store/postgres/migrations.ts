/** One step of the schema; never changed once it was released, only followed by another. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** Oldest first. Every row stands as JSON text (which keeps what jsonb refuses, such as \u0000), beside the fields it is found by. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      create table pipewright.state (
        only_row boolean primary key default true check (only_row),
        schema_version integer not null,
        audit_seq bigint not null default 0
      );
      insert into pipewright.state (schema_version) values (0);

      create table pipewright.incidents (
        id text primary key, row text not null, moment bigint,
        fingerprint text, state text, connection text, dag_id text
      );
      create index on pipewright.incidents (fingerprint);
      create index on pipewright.incidents (connection);
      create index on pipewright.incidents (state);
      create index on pipewright.incidents (moment);

      create table pipewright.proposals (
        id text primary key, row text not null, moment bigint, incident_id text, state text
      );
      create index on pipewright.proposals (incident_id);
      create index on pipewright.proposals (state);

      create table pipewright.outbox (
        id text primary key, row text not null, moment bigint, kind text, subject text
      );
      create index on pipewright.outbox (kind, subject);

      create table pipewright.marks (id text primary key, row text not null, moment bigint);

      create table pipewright.seen (id text primary key, row text not null, moment bigint);
      create index on pipewright.seen (moment);

      create table pipewright.messages (
        id text primary key, row text not null, moment bigint, subject text, platform text
      );
      create index on pipewright.messages (subject);
      create index on pipewright.messages (platform);

      create table pipewright.identities (id text primary key, row text not null, moment bigint, alias text);
      create index on pipewright.identities (alias);

      create table pipewright.audit (
        seq bigint primary key, id text not null unique, row text not null,
        incident_id text, proposal_id text, actor text, action text
      );
      create index on pipewright.audit (incident_id);
      create index on pipewright.audit (proposal_id);
      create index on pipewright.audit (actor);

      create table pipewright.leases (key text primary key, token text not null, until timestamptz not null);
    `,
  },
];

export const newestVersion = migrations.at(-1)?.version ?? 0;
