/** Mutants that no law can kill, each with the reason why it changes nothing that anybody could see. */
export const SURVIVORS: Readonly<Record<string, string>> = {
  'gate evidence allows':
    'nothing is chosen for what only a detector says, and no policy covers it: the gate stands behind both of them',
}
