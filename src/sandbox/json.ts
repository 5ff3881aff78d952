import { isLosslessNumber, LosslessNumber, parse, stringify } from "lossless-json";

/** Marks a decimal string that goes onto the wire as a JSON number of any size. */
export interface WholeNumber {
  readonly wholeNumber: string;
}

export function wholeNumber(digits: string): WholeNumber {
  return { wholeNumber: digits };
}

function isWholeNumber(value: unknown): value is WholeNumber {
  return (
    typeof value === "object" && value !== null && typeof (value as { wholeNumber?: unknown }).wholeNumber === "string"
  );
}

/** JSON in which 64-bit ids keep every digit. */
export function toJson(value: unknown): string {
  const replaced = stringify(value, (_key, part: unknown) =>
    isWholeNumber(part) ? new LosslessNumber(part.wholeNumber) : part,
  );
  return replaced ?? "null";
}

/** Integers that a double can't hold come back as decimal strings, all other numbers as numbers. */
export function fromJson(text: string): unknown {
  return plain(parse(text));
}

function plain(value: unknown): unknown {
  if (isLosslessNumber(value)) {
    const digits = value.value;
    const number = Number(digits);
    return /^-?\d+$/.test(digits) && !Number.isSafeInteger(number) ? wholeNumber(digits) : number;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null && !isWholeNumber(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
  }
  return value;
}

/** An id that came as a number of any size, or as a string of digits. */
export function idText(value: unknown): string | null {
  if (isWholeNumber(value)) return value.wholeNumber;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && /^\d{1,20}$/.test(value) ? value : null;
}

export function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
