import { readFile } from "node:fs/promises";
import { z } from "zod";
import { parseJson } from "../clients/json.js";
import { InputError } from "../core/errors.js";

const texts = z
  .array(z.union([z.string(), z.number()]).transform(String))
  .nullish()
  .transform((items) => items ?? []);

const label = z.object({
  category: z.string(),
  also_acceptable: texts,
  root_cause_text: texts,
  rerun_helps: z.union([z.boolean(), z.string()]).nullish(),
  red_herrings: texts,
  databricks_run_ids: z
    .array(z.union([z.string(), z.number()]).transform(String))
    .nullish()
    .transform((ids) => ids ?? null),
});

/** What a labelled case says is right. */
export interface Label {
  readonly category: string;
  readonly alsoAcceptable: readonly string[];
  readonly rootCauseText: readonly string[];
  readonly rerunHelps: "yes" | "no" | "unsure" | null;
  readonly databricksRunIds: readonly string[] | null;
}

/** Reads a case's label; null when the folder has none. */
export async function readLabel(path: string): Promise<Label | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return null;
  }
  const read = label.safeParse(parseJson(text));
  if (!read.success) throw new InputError(`${path} is not a label.`, "It needs at least a category.");
  return {
    category: read.data.category,
    alsoAcceptable: read.data.also_acceptable,
    rootCauseText: read.data.root_cause_text,
    rerunHelps: toAdvice(read.data.rerun_helps),
    databricksRunIds: read.data.databricks_run_ids,
  };
}

function toAdvice(value: boolean | string | null | undefined): Label["rerunHelps"] {
  if (value === true || value === "true" || value === "yes") return "yes";
  if (value === false || value === "false" || value === "no") return "no";
  return value === "unsure" ? "unsure" : null;
}
