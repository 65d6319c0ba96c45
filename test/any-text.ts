import fc from 'fast-check'

const unit = fc.oneof(fc.nat(0x7f), fc.nat(0x2fff), fc.nat(0xffff)).map((code) => String.fromCharCode(code))

/** Texts of any code units, lone surrogates and signs that nobody sees among them. `fc.string` takes a second to begin. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.array(unit, { maxLength }).map((units) => units.join(''))
}
