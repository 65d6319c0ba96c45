/** The version of this Kintsugi, as every run and start on the record carries it; the same as in package.json. */
export const VERSION = '0.1.0'
