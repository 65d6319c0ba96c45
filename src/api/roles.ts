import { includes, type Role } from '../domain/role.ts'
import { contract, type RouteName } from './contract.ts'
import type { Needs } from './contract/route.ts'

/** Whether somebody of this role may call what needs `needs`. */
export function suffices(role: Role, needs: Needs): boolean {
  return needs === 'anyone' || includes(role, needs)
}

/** Whether somebody of this role may call a route: what the server enforces, and the console's buttons say beforehand. */
export function can(role: Role, route: RouteName): boolean {
  return suffices(role, contract[route].role)
}
