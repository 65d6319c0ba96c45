import { type Language, useSettings } from '../settings.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

/** The same words in every language; a sentence with something in it is a function. */
export type Dictionary<Words> = Readonly<Record<Language, Words>>

/** A page's dictionary: the compiler sees to it that Chinese has the same keys and arguments as English. */
export function dictionary<Words>(english: Words, chinese: NoInfer<Words>): Dictionary<Words> {
  return { en: english, zh: chinese }
}

const common = dictionary(en, zh)

/** A dictionary in the language that was chosen. */
export function useDictionary<Words>(words: Dictionary<Words>): Words {
  return words[useSettings().language]
}

/** What every page says. */
export function useWords(): typeof en {
  return useDictionary(common)
}
