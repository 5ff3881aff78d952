import { isInteger, parse } from "lossless-json";
import { InputError } from "../core/errors.js";

/** JSON text to plain values; an integer beyond 2^53 comes back as its decimal string, so that no 64-bit id is rounded. */
export function parseJson(text: string): unknown {
  try {
    return parse(text, undefined, { parseNumber: exactNumber });
  } catch (cause) {
    throw new InputError("This is not JSON.", "Check that the file or answer is complete.", { cause });
  }
}

function exactNumber(digits: string): number | string {
  const value = Number(digits);
  return isInteger(digits) && !Number.isSafeInteger(value) ? digits : value;
}
