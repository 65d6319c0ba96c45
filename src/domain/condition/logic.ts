/** True, false, or null where it cannot be judged. Null is never healthy and never violated. */
export type Truth = boolean | null

/** Kleene's `and`: one false is enough, an unknown spoils a true. */
export function both(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false
  return a === null || b === null ? null : true
}

/** Kleene's `or`: one true is enough. */
export function either(a: Truth, b: Truth): Truth {
  if (a === true || b === true) return true
  return a === null || b === null ? null : false
}

export function not(a: Truth): Truth {
  return a === null ? null : !a
}
