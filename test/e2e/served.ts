import { serve } from '../../src/main/serve.ts'

/** Kintsugi as `kintsugi demo` runs it, beside a lab that stands already: `served CONFIG DATA [LAB]`. */
const [, , configPath = '', dataDir = '', lab] = process.argv
await serve({ configPath, dataDir }, () => {}, lab === undefined ? {} : { lab })
