import type { ControlMaker } from './control.ts'

/** Nothing at all happens. */
export const quiet: ControlMaker = () => ({ name: 'quiet', watchMs: 20_000, perform: async () => {} })
