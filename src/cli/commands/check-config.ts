import { accessWarnings } from '../../config/access.ts'
import type { Config } from '../../config/config.ts'
import { messageOf, UsageError } from '../../domain/errors.ts'
import { nextOpening, type When } from '../../domain/freeze-window.ts'
import { covers, type ResourceRef } from '../../domain/resource.ts'
import { type CliCommand, examples } from '../command.ts'
import { type Context, print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { listOf, printable } from '../text.ts'
import { aliasTable, coverTable, freezeTable, maintenanceTable, meanings, policyTable, ruleTable } from '../views.ts'

export const checkConfig: CliCommand = {
  name: 'check-config',
  register: (program, act) =>
    program
      .command('check-config')
      .description('read the configuration whole, and say what is wrong in it or what it comes to')
      .addHelpText('after', examples('kintsugi check-config -c kintsugi.yaml'))
      .action(
        act(async (context) => {
          const { config, problems } = await checked(context)
          const name = printable(context.globals.config)
          if (!config) {
            for (const problem of problems) context.deps.err(`${printable(problem)}\n`)
            print(context, { problems }, `${name}: not usable, ${problems.length} to mend`)
            return EXIT.usage
          }
          const { digest, mode, dataDir, policies, freezeWindows, maintenanceWindows } = config
          const now = context.now.wallMs
          const aliases = Object.fromEntries(meanings(config.aliases))
          const targets = Object.fromEntries(coveredNow(policies, await context.deps.knownNow(config)))
          const key = context.deps.keyProblem(config.keyFile)
          const warnings = [
            ...accessWarnings(config),
            ...(key ? [`record.encryption.keyFile: ${key.problem}; ${key.fix}`] : []),
          ]
          const told = warnings.map((warning) => `warning: ${printable(warning)}\n`).join('')
          const text = `${name}: OK\n${told}${configText(config, targets, now)}`
          const next = <Window extends { readonly when: When }>(windows: readonly Window[]): object[] =>
            windows.map((window) => ({ ...window, next: nextOpening(window, now) ?? null }))
          const windows = { freezeWindows: next(freezeWindows), maintenanceWindows: next(maintenanceWindows) }
          print(context, { problems, warnings, digest, mode, dataDir, policies, ...windows, targets, aliases }, text)
          return EXIT.ok
        }),
      ),
}

async function checked({ deps, globals }: Context): Promise<{ config?: Config; problems: readonly string[] }> {
  try {
    return { config: await deps.loadConfig(globals.config), problems: [] }
  } catch (error) {
    if (error instanceof UsageError) return { problems: messageOf(error).split('\n') }
    throw error
  }
}

/** What each policy's target comes to now, by the policy's name. */
function coveredNow(policies: Config['policies'], known: readonly ResourceRef[]): [string, readonly ResourceRef[]][] {
  return policies.map(({ name, target }) => [name, known.filter((ref) => covers(target, ref))])
}

function configText(config: Config, targets: Readonly<Record<string, readonly ResourceRef[]>>, now: number): string {
  const { mode, profile, digest, dataDir, connectors, never, freezeWindows, maintenanceWindows, killSwitchFile } =
    config
  const { policies, rules, aliases } = config
  const names = connectors.map(({ name, type }) => `${name} (${type})`)
  return [
    `mode         ${mode}, profile ${profile}, digest ${digest.slice(0, 12)}`,
    `data         ${printable(dataDir)}`,
    `kill switch  ${printable(killSwitchFile ?? 'no file configured')}`,
    `connectors   ${listOf(names, 20) || 'none'}`,
    `stands on    ${listOf(config.self.standsOn, 20) || 'nothing declared; kintsugi doctor says what was found'}`,
    `never        ${listOf(never, 20) || 'nothing listed'}`,
    '',
    policyTable(policies),
    '',
    coverTable(policies, targets),
    '',
    ...(freezeWindows.length > 0 ? [freezeTable(freezeWindows, now), ''] : []),
    ...(maintenanceWindows.length > 0 ? [maintenanceTable(maintenanceWindows, config.policies, now), ''] : []),
    ...(rules.length > 0 ? [ruleTable(rules), ''] : []),
    aliasTable(aliases),
  ].join('\n')
}
