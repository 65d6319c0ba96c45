/** The record as it began. */
export const first: readonly string[] = [
  `create table meta (id integer primary key check (id = 1), epoch integer not null, owner text not null) strict`,
  `insert into meta (id, epoch, owner) values (1, 0, '')`,
  `create table entries (
    seq integer primary key, wall_ms integer not null, boot_ms integer not null, boot_id text not null,
    kind text not null, incident text, run text, digest text not null, chain text not null
  ) strict`,
  `create index entries_run on entries (run, seq) where run is not null`,
  `create index entries_incident on entries (incident, seq) where incident is not null`,
  `create index entries_kind on entries (kind, seq)`,
  `create table payloads (seq integer primary key, body text not null) strict`,
  `create table segments (
    seq integer primary key, first_seq integer not null, last_seq integer not null, head text not null,
    sealed_at text not null, dropped integer not null default 0
  ) strict`,
  `create table locks (
    resource text not null, run text not null, mode text not null check (mode in ('own', 'within')),
    primary key (resource, run)
  ) strict, without rowid`,
  // The writer looks before it locks; this index is what makes a second owner impossible all the same.
  `create unique index locks_own on locks (resource) where mode = 'own'`,
  `create index locks_run on locks (run)`,
  `create table attempts (
    id integer primary key autoincrement, owner text not null, run text not null, at text not null, ended_at text,
    shadow integer not null, released integer not null default 0
  ) strict`,
  `create index attempts_owner on attempts (owner, id)`,
  `create index attempts_run on attempts (run)`,
  `create table holds (
    target text primary key, since text not null, for_ms integer not null, reason text not null, by text not null
  ) strict, without rowid`,
  `create table latches (owner text primary key, since text not null, reason text not null) strict, without rowid`,
  `create table runs (
    id integer primary key, run text not null unique, incident text not null, plan text not null, owner text not null,
    target text not null, started_at text not null, ended_at text, outcome text
  ) strict`,
  `create index runs_incident on runs (incident, id)`,
  `create index runs_open on runs (id) where ended_at is null`,
  `create table incidents (
    id integer primary key, incident text not null unique, owner text not null, opened_at text not null, closed_at text
  ) strict`,
  `create index incidents_open on incidents (id) where closed_at is null`,
  `create table pause (
    id integer primary key check (id = 1), freeze integer not null, since text not null, reason text not null,
    by text not null
  ) strict`,
  `create table slabs (id integer primary key, body blob not null) strict`,
]
