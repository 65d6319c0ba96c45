import type { AimRule } from '../domain/alert.ts'
import type { Mode } from '../domain/entry.ts'
import type { Severity } from '../domain/finding.ts'
import type { FreezeWindow } from '../domain/freeze-window.ts'
import type { Guard, Limits, Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Role } from '../domain/role.ts'
import type { Schedule } from '../domain/schedule.ts'
import type { HttpAccess } from './http-access.ts'
import type { MaintenanceWindow } from '../domain/maintenance-window.ts'
import type { ReceiveConfig } from './receive.ts'
import type { Secret } from './secret.ts'
import type { SelfConfig } from './self.ts'

/** `production` is slow and calm, `lab` is quick; both set defaults only. */
export type Profile = 'production' | 'lab'

/** A connector instance under the operator's own name for it. */
export type ConnectorConfig =
  /** `dir` holds the sockets of the shims. */
  | { readonly name: string; readonly type: 'process'; readonly dir: string }
  /** `fronts`: by pool, the service that stands behind it. */
  | {
      readonly name: string
      readonly type: 'balancer'
      readonly url: string
      readonly namespace: string
      readonly fronts: Readonly<Record<string, ResourceRef>>
    }

/** A place to ask by HTTP: a path on the address of each target, or one URL for all. */
export type HttpPlace = { readonly path: string } | { readonly url: string }

export type ProbeCheck =
  | {
      readonly kind: 'http'
      readonly at: HttpPlace
      /** Absent: any status from 200 to 399 is an answer. */
      readonly expectStatus?: number
      readonly headers: Readonly<Record<string, Secret>>
    }
  /** The address of the target accepts a connection. */
  | { readonly kind: 'tcp' }
  /** The program, found without a shell, ends with exit code 0. */
  | { readonly kind: 'command'; readonly argv: readonly [string, ...string[]] }

/** One question asked of each target that the pattern covers, every `intervalMs`, given up after `timeoutMs`. */
export type ProbeConfig = {
  readonly name: string
  readonly target: string
  readonly check: ProbeCheck
  readonly intervalMs: number
  readonly timeoutMs: number
}

/** Prometheus text read every `intervalMs`: from each target that the pattern covers, or from one URL about it. */
export type ScrapeConfig = {
  readonly name: string
  readonly target: string
  readonly at: HttpPlace
  readonly headers: Readonly<Record<string, Secret>>
  readonly intervalMs: number
  readonly timeoutMs: number
}

/**
 * A Prometheus, or what speaks like one, that is asked every query as an instant query each `stepMs`. Credentials stand
 * in the headers; certificates and key are PEM texts.
 */
export type PrometheusConfig = HttpAccess & {
  readonly stepMs: number
  readonly timeoutMs: number
  /** What the answer itself says is older than this is not taken in. */
  readonly staleAfterMs: number
  /** `name` is the metric that it becomes; `target` one target, or one by labels: `lab:{namespace}/service/{service}`. */
  readonly queries: readonly { readonly name: string; readonly expr: string; readonly target: string }[]
}

/** An Alertmanager that is asked for its silences every `intervalMs`. */
export type AlertmanagerConfig = HttpAccess & { readonly intervalMs: number; readonly timeoutMs: number }

/** A way to tell people. The URL may be a secret: Slack's is. */
export type NotifyConfig = {
  readonly name: string
  readonly on?: readonly ('opened' | 'needs-person' | 'would-run' | 'closed' | 'report')[]
  readonly least?: Severity
} & (
  | { readonly type: 'log' }
  | {
      readonly type: 'webhook' | 'slack'
      readonly url: Secret
      readonly headers: Readonly<Record<string, Secret>>
    }
)
/** A rule of diagnosis of the operator's own; the shipped ones have the same shape. */
export type RuleConfig = {
  readonly cause: string
  readonly when: string
  readonly confidence: number
  readonly summary: string
  readonly recommendation: string
  readonly affects: 'parts' | 'shared-fate' | 'dependents'
}

/** The log of each target that the pattern covers, followed every `intervalMs`. */
export type LogConfig = {
  readonly name: string
  readonly target: string
  /** With `{connector}`, `{namespace}`, `{kind}` and `{name}` of the target; absent: the log that its shim keeps. */
  readonly path?: string
  readonly intervalMs: number
}

/** One who may ask, known by a token. `expiresAt`: epoch milliseconds. */
export type AccessToken = {
  readonly name: string
  readonly role: Role
  readonly token: Secret
  readonly expiresAt?: number
}

/** A provider of identities, by OpenID Connect. */
export type OidcConfig = {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: Secret
  /** For whom a token must have been made. */
  readonly audience: string
  readonly scopes: readonly string[]
  /** Where groups stand in a token, and which role each gives; whoever is in none of them may nothing. */
  readonly claim: string
  readonly roles: Readonly<Record<string, Role>>
  /** What people are called by. */
  readonly nameClaim: string
}

/** A sender that signs what it posts: HMAC-SHA256, in hexadecimal. */
export type WebhookConfig = {
  readonly name: string
  readonly secret: Secret
  readonly header: string
  /** Where the time stands that is signed too, in seconds of the epoch; absent: only the body is. */
  readonly timestampHeader?: string
  readonly toleranceMs: number
}

export type Retention = {
  /** A segment is sealed when it has this many entries, or when its first entry is this old. */
  readonly sealAfterEntries: number
  readonly sealAfterMs: number
  /** Payloads of sealed segments go after this time; the chain stays whole. */
  readonly keepPayloadsMs: number
  /** Whole segments go after this time, but for their heads; absent: never. */
  readonly keepEntriesMs?: number
  /** Bodies that are encrypted go after this time already; absent: with the others. */
  readonly keepSnapshotsMs?: number
}

/** What detectors may say of what nobody has written a rule for: as evidence, never as a reason to act. */
export type DetectionConfig = {
  /** How many alarms that turn out to be nothing all of them together may raise a day. */
  readonly falseAlarmsPerDay: number
}

/** Where the end of the chain is published, so that a history that somebody writes anew is found out. */
export type HeadsConfig = { readonly everyMs: number; readonly file?: string; readonly url?: Secret }

/** `kintsugi.yaml`, checked whole: names resolved, defaults filled in, paths as seen from the file's folder. */
export type Config = {
  readonly file: string
  /** SHA-256 of the file's text, in hexadecimal. */
  readonly digest: string
  readonly mode: Mode
  readonly profile: Profile
  readonly dataDir: string
  readonly listen: { readonly host: string; readonly port: number }
  /** Who may ask; without tokens, whoever is on this machine. */
  readonly access: {
    readonly tokens: readonly AccessToken[]
    readonly oidc?: OidcConfig
    readonly webhooks?: readonly WebhookConfig[]
    /** Whoever made a plan possible may not approve it. */
    readonly separateDuties?: boolean
  }
  /** Where people reach this server, without a slash at the end: links in messages lead there. */
  readonly publicUrl?: string
  readonly connectors: readonly ConnectorConfig[]
  readonly probes: readonly ProbeConfig[]
  readonly scrapes: readonly ScrapeConfig[]
  readonly prometheus?: PrometheusConfig
  readonly alertmanager?: AlertmanagerConfig
  /** From a received alert to its target, in order. */
  readonly alertTargets: readonly AimRule[]
  /** What others push. */
  readonly receive: ReceiveConfig
  readonly logs: readonly LogConfig[]
  /** Where syslog is taken in, over TCP and UDP. */
  readonly syslog?: { readonly host: string; readonly port: number }
  /** Targets by the names that services give themselves in their traces. */
  readonly services: ReadonlyMap<string, ResourceRef>
  readonly slos: readonly Guard[]
  readonly limits: Limits
  /** Patterns of targets that nothing is ever done to. */
  readonly never: readonly string[]
  readonly freezeWindows: readonly FreezeWindow[]
  /** All there are, named by a policy or not. */
  readonly maintenanceWindows: readonly MaintenanceWindow[]
  readonly killSwitchFile?: string
  readonly notify: readonly NotifyConfig[]
  /** When the report of the day is made; absent: never. */
  readonly reportAt?: Schedule['every']
  /** Those of the file, and then those of its policy files. */
  readonly policies: readonly Policy[]
  readonly rules: readonly RuleConfig[]
  /** Names that stand for an expression, in the language of `domain/condition`: the shipped ones and the file's own. */
  readonly aliases: ReadonlyMap<string, string>
  /** Absent: no detector watches. */
  readonly detection?: DetectionConfig
  readonly retention: Retention
  /** Its own care: what it stands on, and what keeps watch over it. */
  readonly self: SelfConfig
  readonly heads?: HeadsConfig
  /** Keys for bodies of the record that may hold secrets; absent: they are not encrypted. */
  readonly keyFile?: string
}
