/** Mutants that no law can kill, each with the reason why it changes nothing that anybody could see. */
export const SURVIVORS: Readonly<Record<string, string>> = {}
