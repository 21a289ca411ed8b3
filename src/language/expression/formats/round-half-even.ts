/**
 * Rounds a number to the nearest; of two that are equally near to the even one.
 *
 * @param value - Any number. It is shifted as text, so that 1.005 counts as halfway between 1 and 1.01.
 * @param digits - Digits kept after the point; negative ones round to tens, hundreds and so on.
 * @returns The rounded number, never -0.
 */
export function roundHalfEven(value: number, digits: number): number {
  const shifted = shift(value, digits);
  const nearest = Math.round(shifted);
  const isTie = Math.abs(nearest - shifted) === 0.5;
  const even = isTie && Math.abs(nearest % 2) === 1 ? nearest - 1 : nearest;
  // Adding zero turns -0 into 0.
  return shift(even, -digits) + 0;
}

function shift(value: number, digits: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return digits === 0 ? value : Number(`${mantissa}e${Number(exponent) + digits}`);
}
