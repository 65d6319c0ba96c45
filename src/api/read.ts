import { foldIncident } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import type { RecordReader } from '../domain/ports.ts'
import { allEntries } from '../engine/all-entries.ts'
import type { Story } from '../domain/view.ts'
import type { RunStory } from './contract.ts'

/** An incident with its entries, oldest first; undefined when the record knows none of that id. */
export async function incidentStory(reader: RecordReader, id: string): Promise<Story | undefined> {
  const entries = await allEntries(reader, { incident: id })
  const incident = foldIncident(entries)
  return incident && { incident, entries }
}

/** A run with its log, oldest first; undefined when the record knows none of that id. */
export async function runStory(reader: RecordReader, id: string): Promise<RunStory | undefined> {
  const entries = await allEntries(reader, { run: id })
  const incident = entries[0]?.incident
  if (incident === undefined) return undefined
  const run = (await reader.runs({ incident })).find((row) => row.run === id)
  return run && { run, entries }
}

/** The incidents of these ids, each folded from its entries; those that retention has pruned are left out. */
export async function incidentsOf(reader: RecordReader, ids: readonly string[]): Promise<Incident[]> {
  const found: Incident[] = []
  for (const id of ids) {
    const story = await incidentStory(reader, id)
    if (story) found.push(story.incident)
  }
  return found
}
