/** Who may what. Each of viewer, operator, approver and admin may do what those before it may; a sender only sends. */
export type Role = 'sender' | 'viewer' | 'operator' | 'approver' | 'admin'

export const ROLES: readonly Role[] = ['sender', 'viewer', 'operator', 'approver', 'admin']

const LADDER: readonly Role[] = ['viewer', 'operator', 'approver', 'admin']

/** Whether `role` may do what needs `needed`. A sender's work is also an operator's, and that of those above. */
export function includes(role: Role, needed: Role): boolean {
  if (role === needed) return true
  const least = needed === 'sender' ? 'operator' : needed
  return LADDER.includes(role) && LADDER.indexOf(role) >= LADDER.indexOf(least)
}
