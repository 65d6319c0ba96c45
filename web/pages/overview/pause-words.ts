import { dictionary } from '../../words/words.ts'

/** What is said of everything that keeps Kintsugi's hands still. */
export const pauseWords = dictionary(
  {
    title: 'What keeps it still',
    everything: 'everything',
    since: 'for',
    left: 'still',
    ends: 'Ended by:',
    kinds: {
      pause: 'paused',
      'kill-switch': 'kill switch',
      ailment: 'unwell itself',
      'freeze-window': 'freeze window',
      'maintenance-window': 'outside of its window',
      hold: 'held',
      latch: 'latched',
      lock: 'locked',
      'taken-over': 'taken over',
      silence: 'silenced',
      acknowledged: 'acknowledged',
      change: 'just changed',
      rollout: 'rollout',
    },
  },
  {
    title: '令其停手的原因',
    everything: '全部',
    since: '已',
    left: '剩余',
    ends: '解除方式：',
    kinds: {
      pause: '已暂停',
      'kill-switch': '紧急开关',
      ailment: '自身异常',
      'freeze-window': '冻结窗口',
      'maintenance-window': '不在维护窗口内',
      hold: '维护中',
      latch: '已闩锁',
      lock: '已锁定',
      'taken-over': '已接手',
      silence: '已静默',
      acknowledged: '已确认',
      change: '刚有人改动',
      rollout: '发布中',
    },
  },
)
