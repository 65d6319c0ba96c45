/**
 * Alerts. What came in stands in the chain alone; here is which of those entries still counts. A table of alerts by
 * fingerprint would write one page for each alert of a storm, wherever its fingerprint happens to lie; this one is
 * written at its end.
 */
export const alerts: readonly string[] = [`create table alerts (seq integer primary key) strict`]
