/** The first of two yeses to a proposal. */
export const endorsements: readonly string[] = ['at', 'by', 'person', 'reason'].map(
  (column) => `alter table proposals add column yes_${column} text`,
)
