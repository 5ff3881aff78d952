import { z } from "zod";
import { InputError } from "../core/errors.js";

/** Fields that servers leave out, null or change between versions never make a body unreadable: what does not fit reads as absent. */
export const text = z.string().nullish().catch(null).transform(orNull);
export const number = z.number().nullish().catch(null).transform(orNull);
export const flag = z.boolean().nullish().catch(null).transform(orNull);
export const object = z.record(z.string(), z.unknown()).nullish().catch(null).transform(orNull);

/** A 64-bit id; the wire has a number or a string. */
export const id = z.union([z.string(), z.number()]).transform(String);
export const optionalId = id.nullish().catch(null).transform(orNull);

/** A list that may be missing; null and absent read as empty. */
export function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

function orNull<Value>(value: Value | null | undefined): Value | null {
  return value ?? null;
}

/** Reads a body that came from a file rather than from a server; InputError says which field does not fit. */
export function readBody<Schema extends z.ZodType>(body: unknown, schema: Schema, what: string): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new InputError(
    `This is not ${what}: ${describeMismatch(result.error)}.`,
    "Check that the file holds that body.",
  );
}

/** The first mismatch in words: `dag_id: expected string`. */
export function describeMismatch(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "unknown shape";
  const where = issue.path.map(String).join(".");
  return where === "" ? issue.message : `${where}: ${issue.message}`;
}
