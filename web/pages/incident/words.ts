import { dictionary } from '../../words/words.ts'
import { incidentEn } from './words.en.ts'
import { incidentZh } from './words.zh.ts'

/** What the pages of incidents and proposals say. */
export const incidentWords = dictionary(incidentEn, incidentZh)
