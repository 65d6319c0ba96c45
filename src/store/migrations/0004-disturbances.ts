/**
 * Who disturbs what: what is going on, and what was within the hour in which effects are counted. Older rows go with the
 * next charge, so that all of it is read with every question to the gates; the chain keeps what became of them.
 */
export const disturbances: readonly string[] = [
  `create table disturbances (
    id integer primary key autoincrement, name text not null unique, actor text not null, by text not null,
    reason text not null, target text not null, owner text not null, share real not null, instances text not null,
    lasting integer not null, shadow integer not null, since text not null, for_ms integer, ended_at text
  ) strict`,
  `create index disturbances_open on disturbances (by) where ended_at is null`,
]
