/** Proposals: which are open, and what became of those that are not. What was proposed stands in the chain. */
export const proposals: readonly string[] = [
  `create table proposals (
    id integer primary key, proposal text not null unique, incident text not null, seq integer not null,
    ended_at text, ended_as text, ended_by text, ended_reason text
  ) strict`,
  // The writer looks before it proposes; this index is what makes a second open one impossible all the same.
  `create unique index proposals_open on proposals (incident) where ended_as is null`,
  `create index proposals_incident on proposals (incident, id)`,
]
