import { isInteger, LosslessNumber, parse, stringify } from "lossless-json";
import { InputError } from "../core/errors.js";

/** 2^53 has 16 digits: text without such a run holds no integer that JavaScript would round. */
const longDigits = /\d{16}/;

/** JSON text to plain values; an integer beyond 2^53 comes back as its decimal string, so that no 64-bit id is rounded. */
export function parseJson(text: string): unknown {
  try {
    return longDigits.test(text) ? parse(text, undefined, { parseNumber: exactNumber }) : JSON.parse(text);
  } catch (cause) {
    throw new InputError("This is not JSON.", "Check that the file or answer is complete.", { cause });
  }
}

function exactNumber(digits: string): number | string {
  const value = Number(digits);
  return isInteger(digits) && !Number.isSafeInteger(value) ? digits : value;
}

/** A 64-bit id to be written as a JSON number, which is what the Jobs API documents. */
export function exactId(id: string): LosslessNumber {
  if (!/^\d{1,19}$/.test(id)) throw new InputError("A run id has digits only.", "Use the id as the system shows it.");
  return new LosslessNumber(id);
}

/** JSON text of a value that may hold exact ids. */
export function stringifyJson(value: unknown): string {
  return stringify(value) ?? "null";
}
