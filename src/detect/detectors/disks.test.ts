import { describe, expect, test } from 'vitest'
import { TOPOLOGY, WEB_1 } from '../../../test/gate-world.ts'
import type { Finding } from '../../domain/finding.ts'
import { prometheusReader } from '../../signals/prometheus-text.ts'
import { createWindows } from '../../signals/windows.ts'
import { detect } from '../detect.ts'

const MINUTE_MS = 60_000
const START = 1_700_000_000_000

type Said = { readonly reallocated: number; readonly pending: number; readonly hours: number }

const smartctl = ({ reallocated, pending, hours }: Said): string => `
smartctl_device{device="sda",model_name="ST3000DM001-1CH166",serial_number="Z1"} 1
smartctl_device_power_on_seconds{device="sda"} ${hours * 3600}
smartctl_device_attribute{device="sda",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="raw"} ${reallocated}
smartctl_device_attribute{device="sda",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="value"} 100
smartctl_device_attribute{device="sda",attribute_id="197",attribute_name="Current_Pending_Sector",attribute_value_type="raw"} ${pending}
smartctl_device_power_on_seconds{device="sdb"} 36000000
smartctl_device_attribute{device="sdb",attribute_id="5",attribute_name="Reallocated_Sector_Ct",attribute_value_type="raw"} 0
`
const smartmonSh = ({ reallocated, pending, hours }: Said): string => `
smartmon_device_info{disk="sda",type="sat",model_family="Seagate",device_model="ST3000DM001-1CH166"} 1
smartmon_reallocated_sector_ct_raw_value{disk="sda",type="sat",smart_id="5"} ${reallocated}
smartmon_current_pending_sector_raw_value{disk="sda",type="sat",smart_id="197"} ${pending}
smartmon_power_on_hours_raw_value{disk="sda",type="sat",smart_id="9"} ${hours}
`
const smartmonPy = ({ reallocated, pending, hours }: Said): string => `
smartmon_device_info{disk="sda",device_model="ST3000DM001-1CH166"} 1
smartmon_attr_raw_value{disk="sda",name="reallocated_sector_ct"} ${reallocated}
smartmon_attr_raw_value{disk="sda",name="current_pending_sector"} ${pending}
smartmon_attr_raw_value{disk="sda",name="power_on_hours"} ${hours}
`
const WELL: Said = { reallocated: 0, pending: 0, hours: 20_000 }
const SICK: Said = { reallocated: 2000, pending: 30, hours: 20_000 }

/** What is found when these are the scrapes of web-1's host, one a minute, `laterMs` after the last. */
function found(
  scrapes: readonly string[],
  { open = [], laterMs = 0 }: { open?: string[]; laterMs?: number } = {},
): Finding[] {
  const windows = createWindows()
  const read = prometheusReader()
  scrapes.forEach((text, i) => {
    const at = START + i * MINUTE_MS
    const samples = read(text).samples.map((sample) => ({ ...sample, target: WEB_1, at }))
    windows.add({ source: 's', intervalMs: MINUTE_MS, samples })
  })
  const now = START + (scrapes.length - 1) * MINUTE_MS + laterMs
  return detect({ policies: [], topology: TOPOLOGY, windows, now, startedAt: START, open: new Set(open) })
}

describe.each([
  ['smartctl_exporter', smartctl],
  ['smartmon.sh', smartmonSh],
  ['smartmon.py', smartmonPy],
])('by %s', (_, said) => {
  test('a drive that is well is not found, one that looks like those that failed is, with its lead', () => {
    expect(found([said(WELL), said(WELL)])).toEqual([])
    const [one, none] = found([said(WELL), said(SICK)])
    expect(none).toBeUndefined()
    expect(one).toMatchObject({ target: WEB_1, lead: 'forecast', state: 'violated', severity: 'warning' })
    expect(one!.summary).toMatch(
      /disk sda \(ST3000DM001-1CH166\) fails within two weeks with a chance of \d\d %, a model says/,
    )
    expect(one!.dueAt! - START).toBeGreaterThan(13 * 86_400_000)
    expect(one!.evidence.map(({ signal, value }) => [signal, value]).slice(1)).toEqual([
      ['reallocated sectors of sda', 2000],
      ['pending sectors of sda', 30],
    ])
  })
})

test('a drive that has come a little below the limit is still found while it is open', () => {
  const near = Array.from({ length: 60 }, (_, i) => smartmonSh({ ...WELL, pending: 30, reallocated: i * 3 }))
  const [first] = near.flatMap((text) => found([text]))
  const below = near.filter((text) => found([text]).length === 0)
  const again = found([below.at(-1)!], { open: [first!.fingerprint] })
  expect(again).toMatchObject([{ fingerprint: first!.fingerprint }])
})

test('a drive that nobody has told of for a while is not judged, and has not become well', () => {
  const [before] = found([smartctl(SICK)])
  const laterMs = 10 * MINUTE_MS
  expect(found([smartctl(SICK)], { laterMs })).toEqual([])
  expect(found([smartctl(SICK)], { laterMs, open: [before!.fingerprint] })).toMatchObject([{ state: 'blind' }])
})
