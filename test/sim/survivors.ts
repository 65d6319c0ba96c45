/** Mutants that no law can kill, each with the reason why it changes nothing that anybody could see. */
export const SURVIVORS: Readonly<Record<string, string>> = {
  'entry charted is not appended': 'it keeps what the windows showed, for people to look at: no decision reads it',
  'gate evidence allows':
    'nothing is chosen for what only a detector says, and no policy covers it: the gate stands behind both of them',
}
