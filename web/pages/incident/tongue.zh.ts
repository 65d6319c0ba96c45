import type { ResourceRef } from '../../../src/domain/resource.ts'
import { provedByUsers, type Deed, type Stand } from './stand.ts'
import type { Symptom } from './symptom.ts'
import {
  isReason,
  namedLast,
  shortName,
  type Say,
  type Surety,
  type Telling,
  type Thing,
  type Tongue,
} from './tongue.ts'

/** What a remedy does to something, in Chinese: verbs have one form, so that one text does for all times. */
const DEEDS: Readonly<Record<string, (it: string) => string>> = {
  'change-config': (it) => `修改${it}的配置`,
  'clean-disk': (it) => `清理${it}的磁盘`,
  'drain-instance': (it) => `将${it}移出服务`,
  'limit-concurrency': (it) => `限制${it}的并发`,
  'rate-limit': (it) => `限制${it}的请求速率`,
  'reset-pool': (it) => `重置${it}的连接池`,
  'restart-instance': (it) => `重启${it}`,
  'restart-service': (it) => `逐个重启${it}的实例`,
  'restore-config': (it) => `恢复${it}上一份正常的配置`,
  'run-command': (it) => `对${it}执行配置好的命令`,
  'scale-down': (it) => `减少${it}的实例`,
  'scale-up': (it) => `增加${it}的实例`,
  'shift-traffic': (it) => `将流量从${it}移开`,
  'trip-breaker': (it) => `用熔断器切断${it}`,
  'warm-cache': (it) => `预热${it}的缓存`,
}

const CAUSES: Readonly<Record<string, (it: string) => string>> = {
  'bad-configuration': (it) => `${it}的配置有误`,
  'cold-cache': (it) => `${it}的缓存变冷`,
  'cpu-burn': (it) => `${it}在工作量未增的情况下耗尽 CPU`,
  'cpu-pressure': (it) => `${it}的 CPU 不足`,
  'dead-instance': (it) => `${it}停止了运行`,
  'deaf-instance': (it) => `${it}仍在运行但不再应答`,
  'disk-full': (it) => `${it}的磁盘已满`,
  'failing-dependency': (it) => `${it}使依赖它的服务失败`,
  'memory-leak': (it) => `${it}泄漏内存`,
  'memory-pressure': (it) => `${it}的内存不足`,
  'disk-failing': (it) => `${it}的一块磁盘有故障前兆`,
  overload: (it) => `${it}的负载超出其能力`,
  'pool-exhausted': (it) => `${it}的连接耗尽`,
  'silent-instance': (it) => `${it}不再应答`,
  'slow-dependency': (it) => `${it}变慢，其他服务在等待它`,
  'slow-storage': (it) => `${it}的存储变慢`,
}

const SYMPTOMS: Readonly<Record<Symptom, readonly [now: string, past: string]>> = {
  down: ['不可用', '曾不可用'],
  slow: ['响应缓慢', '曾响应缓慢'],
  failing: ['请求失败', '曾有请求失败'],
  full: ['空间将要用尽', '空间曾将用尽'],
  due: ['到了维护时间', '曾到维护时间'],
  ahead: ['正在接近上限', '曾在接近上限'],
  unwell: ['状态异常', '曾状态异常'],
}

const BECAUSE: Readonly<Record<Surety, string>> = { sure: '原因是', likely: '原因很可能是', perhaps: '原因或许是' }

const KINDS: Readonly<Record<string, string>> = {
  cache: '缓存',
  database: '数据库',
  node: '节点',
  pool: '后端池',
  queue: '队列',
}

function nameOf({ ref, again }: Thing, say: Say): string {
  if (again) return '它'
  const { kind, name } = shortName(ref)
  if (kind === undefined) return ` ${say.name(name)} `
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
  return known === undefined ? ` ${say.name(kind)} ${say.name(name)} ` : `${known} ${say.name(name)} `
}

function deedText(remedy: string, target: Thing, say: Say): string {
  const it = nameOf(target, say)
  const known = Object.hasOwn(DEEDS, remedy) ? DEEDS[remedy] : undefined
  return known?.(it) ?? `对${it}执行 ${say.name(remedy)}`
}

function causeText(cause: string, target: Thing, say: Say): string {
  const it = nameOf(target, say)
  const known = Object.hasOwn(CAUSES, cause) ? CAUSES[cause] : undefined
  return known?.(it) ?? `${it}上的 ${say.name(cause)}`
}

function head({ owner, symptom, dueAt, past, cause, stand }: Telling, say: Say): string {
  const who = nameOf({ ref: owner, again: false }, say)
  if (stand.kind === 'blind') return `现在无人能看到${who}的状况`
  const when = symptom === 'ahead' && dueAt !== undefined ? `，预计于 ${say.time(dueAt)} 到达` : ''
  const is = `${who}${SYMPTOMS[symptom][past ? 1 : 0]}${when}`
  if (!cause) return is
  if (cause.cause === 'unknown') return `${is}，原因未知`
  if (!isReason(cause.cause)) return is
  const target = { ref: cause.target, again: cause.target === owner }
  return `${is}，${BECAUSE[cause.surety]}${causeText(cause.cause, target, say)}`
}

type Act = (plan: Deed['plan']) => string
type Of<Kind extends Stand['kind']> = Extract<Stand, { kind: Kind }>

function standText(stand: Stand, known: ResourceRef, say: Say): string {
  const act: Act = ({ remedy, target }) => deedText(remedy, { ref: target, again: target === known }, say)
  switch (stand.kind) {
    case 'new':
      return 'Kintsugi 刚刚发现，正在查找原因'
    case 'diagnosed':
      return '尚未作出决定'
    case 'blind':
      return '不作结论，也不采取行动'
    case 'waiting':
      return `Kintsugi 提议${act(stand.proposal.plan)}，等待您在 ${say.time(stand.proposal.expiresAt)} 之前批准`
    case 'running':
      return runningText(stand, act, say)
    case 'ended':
      return endedText(stand, act, say)
    case 'kept-out':
      return keptOutText(stand, act, say)
    case 'would-run':
      return `Kintsugi 本会${act(stand.plan)}，但处于影子模式，未写入任何内容`
    case 'called':
      return `Kintsugi 已呼叫值班人员：${say.text(stand.reason)}`
    case 'nothing':
      return `未采取行动：${say.text(stand.reason)}`
    case 'refused':
      return `${refusedText(stand, say)}（${say.text(stand.reason)}）`
    case 'released':
      return `${say.name(stand.by)} 释放了 ${say.name(stand.subject)}（${say.text(stand.reason)}），此后尚未作出决定`
    case 'taken-over':
      return `${say.name(stand.by)} 于 ${say.time(stand.at)} 接手（${say.text(stand.reason)}），Kintsugi 不再对此开始任何操作`
    case 'quiet':
      return quietText(stand, act, say)
    case 'over':
      return overText(stand, act, say)
  }
}

function keptOutText({ plan, first, others }: Of<'kept-out'>, act: Act, say: Say): string {
  if (!first) return `Kintsugi 本会${act(plan)}，但未执行`
  const word = first.answer === 'deny' ? '不允许' : '暂时拦住了它'
  const more = others > 0 ? `，另有 ${others} 项` : ''
  return `Kintsugi 本会${act(plan)}，但关卡 ${say.name(first.gate)} ${word}：${say.text(first.reason)}${more}`
}

function runningText({ plan, stage, since, applied, stoppedBy }: Of<'running'>, act: Act, say: Say): string {
  const stop = stoppedBy === undefined ? '' : `，并因 ${say.name(stoppedBy)} 接手而将在下一个安全点停下`
  const from = `（自 ${say.time(since)} 起）`
  if (!plan) return `Kintsugi 正在处理${from}${stop}`
  switch (stage) {
    case 'preparing':
      return `Kintsugi 即将${act(plan)}${from}${stop}`
    case 'applying':
      return `Kintsugi 正在${act(plan)}${from}${stop}`
    case 'verifying':
      return `Kintsugi 正在${act(plan)}，并核实是否生效${from}${stop}`
    case 'comparing':
      return `Kintsugi 已开始${act(plan)}，正在将已处理的与未处理的对比${from}${stop}`
    case 'settling':
      return `Kintsugi 已${act(plan)}，正在观察是否有效${from}${stop}`
    case 'undoing':
      return applied ? `Kintsugi 曾${act(plan)}，正在撤销${from}` : `Kintsugi 正在撤销已开始的操作${from}`
  }
}

function did({ plan, at }: Deed, act: Act, say: Say): string {
  return at === undefined ? `Kintsugi 曾着手${act(plan)}` : `Kintsugi 于 ${say.time(at)} ${act(plan)}`
}

function cameOf({ outcome, endedAt, credit }: Deed, say: Say): string {
  const at = endedAt === undefined ? '' : `于 ${say.time(endedAt)} `
  if (outcome === undefined) return ''
  if (credit === 'recovered-alone') return '，但它是自行恢复的'
  if (credit === 'unknown') return '，是否由此修复尚不清楚'
  switch (outcome) {
    case 'healed':
      return '，由此修复'
    case 'helped':
      return '，有所好转但还不够'
    case 'rolled-back':
      return `，未见效，${at}已撤销`
    case 'spent':
      return '，未见效且无法撤销'
    case 'parked':
      return `，该次执行${at}被中止`
    case 'stuck':
      return `，该次执行${at}卡住`
    case 'abandoned':
      return '，在改动之前放弃'
  }
}

function endedText({ deed, reason }: Of<'ended'>, act: Act, say: Say): string {
  const what = did(deed, act, say) + cameOf(deed, say)
  switch (deed.outcome) {
    case 'healed':
    case 'spent':
      return what
    case 'helped':
      return `${what}；效果保留，Kintsugi 继续处理`
    case 'rolled-back':
    case 'abandoned':
      return `${what}（${say.text(reason)}）`
    case 'parked':
    case 'stuck':
      return `${what}（${say.text(reason)}）；锁仍保留，需要人来继续`
  }
}

function quietText({ since, returns, deed }: Of<'quiet'>, act: Act, say: Say): string {
  const well = `自 ${say.time(since)} 起恢复正常，保持稳定后即关闭`
  if (returns > 0) return `它复发了 ${returns} 次，${well}`
  return deed ? `${did(deed, act, say)}，${well}` : well
}

function overText({ endedBy, at, wellSince, deed, wouldRun, takenOverBy }: Of<'over'>, act: Act, say: Say): string {
  const taken = takenOverBy === undefined ? '' : `${say.name(takenOverBy)} 已接手；`
  if (endedBy === 'kintsugi') {
    const users = deed && provedByUsers(deed) ? '用户' : ''
    const what = deed ? `${did(deed, act, say)}，` : ''
    return `${taken}${what}${users}自 ${say.time(wellSince)} 起恢复正常（由我们修复）`
  }
  const before = deed ? `${did(deed, act, say)}${cameOf(deed, say)}；` : ''
  const shadow = wouldRun ? `；影子模式下，Kintsugi 本会${act(wouldRun)}` : ''
  const end =
    endedBy === 'itself' ? `它于 ${say.time(at)} 自行结束` : `自 ${say.time(wellSince)} 起恢复正常，由谁修复尚不清楚`
  return `${before}${taken}${end}${shadow}`
}

function refusedText({ as, by }: Of<'refused'>, say: Say): string {
  const who = by === undefined ? undefined : `${say.name(by)} `
  switch (as) {
    case 'rejected':
      return `${who ?? '有人'}拒绝了 Kintsugi 的提议`
    case 'expired':
      return 'Kintsugi 的提议无人及时答复'
    case 'superseded':
      return 'Kintsugi 的提议已过时，未执行'
    case 'withdrawn':
      return `${who ?? 'Kintsugi '}撤回了提议`
  }
}

/** Chinese. Spaces stand around names, and not beside punctuation. */
export const zh: Tongue = {
  sentence(telling, say) {
    const known = namedLast(telling)
    const unseen = telling.unseen && telling.stand.kind !== 'blind' ? '（现在无人能看到）' : ''
    return tidy(`${head(telling, say)}${unseen}；${standText(telling.stand, known, say)}。`)
  },
  deed: (remedy, target, say) => tidy(deedText(remedy, target, say)),
  cause: (cause, target, say) => tidy(causeText(cause, target, say)),
}

function tidy(text: string): string {
  return text
    .replaceAll(/ +/g, ' ')
    .replaceAll(/ ?([，；。（）：]) ?/g, '$1')
    .trim()
}
