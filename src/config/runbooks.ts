import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Runbook } from "../core/runbook.js";
import { categories } from "../core/verdict.js";

/** One or several. */
const several = <T extends z.ZodType>(item: T) => z.union([item.transform((one) => [one]), z.array(item)]);

const conditions = {
  dag: several(z.string().min(1).max(200)).optional(),
  category: several(z.enum(categories)).optional(),
  words: several(z.string().min(3).max(100)).optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
};

/** `runbooks:` of the YAML: a folder of Markdown files, and notes that stand in the YAML itself. */
export const runbooksEntry = z.strictObject({
  folder: z.string().min(1).optional(),
  notes: z
    .array(z.strictObject({ name: z.string().min(1).max(120), text: z.string().min(1).max(20_000), ...conditions }))
    .default([]),
});

const frontMatter = z.strictObject({ name: z.string().min(1).max(120).optional(), ...conditions });

const mostFiles = 500;
const mostBytes = 64 * 1024;

/** The notes of the YAML and of the folder, which stands beside the YAML file; each mistake is told, the other notes are used. */
export function readRunbooks(
  entry: z.infer<typeof runbooksEntry> | undefined,
  besideFolder: string,
  problem: (message: string, fix: string) => void,
): readonly Runbook[] {
  if (entry === undefined) return [];
  const notes = entry.notes.map((note) => ({ ...conditionsOf(note), name: note.name, text: note.text }));
  for (const { name } of notes.filter(fitsNothing)) problem(`The runbook ${name} fits nothing.`, giveCondition);
  if (entry.folder === undefined) return notes;
  const folder = resolve(besideFolder, entry.folder);
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
  } catch {
    problem(`The folder of the runbooks, ${entry.folder}, can't be read.`, "Name a folder beside the YAML file.");
    return notes;
  }
  if (names.length > mostFiles) problem(`There are more than ${mostFiles} runbooks.`, "Split the folder.");
  const files = names
    .sort()
    .slice(0, mostFiles)
    .flatMap((name) => readNote(join(folder, name), problem) ?? []);
  return [...notes, ...files];
}

const giveCondition = "Say which dag, category or words it is for.";

function readNote(path: string, problem: (message: string, fix: string) => void): Runbook | null {
  const file = basename(path);
  try {
    if (statSync(path).size > mostBytes) throw new Error(`larger than ${mostBytes / 1024} KB`);
    const { head, body } = split(readFileSync(path, "utf8"));
    const parsed = frontMatter.parse(head === null ? {} : (parse(head) ?? {}));
    const given = conditionsOf(parsed);
    const name = parsed.name ?? /^#\s+(.{1,120})$/m.exec(body)?.[1]?.trim() ?? file.slice(0, -".md".length);
    // A file that says nothing of itself is about the DAG that it is called after.
    const isBare = head === null;
    return { ...given, name, text: body, dags: isBare ? [file.slice(0, -".md".length)] : given.dags };
  } catch (error) {
    const why = error instanceof z.ZodError ? (error.issues[0]?.message ?? "") : String((error as Error).message);
    problem(`The runbook ${file} can't be used: ${why.split("\n", 1)[0]}.`, "Mend the lines between its --- marks.");
    return null;
  }
}

/** YAML between two lines of `---` at the top, as everywhere in Markdown. */
function split(text: string): { readonly head: string | null; readonly body: string } {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const end = lines[0]?.trim() === "---" ? lines.findIndex((line, index) => index > 0 && line.trim() === "---") : -1;
  if (end === -1) return { head: null, body: text };
  return { head: lines.slice(1, end).join("\n"), body: lines.slice(end + 1).join("\n") };
}

type Conditions = Pick<z.infer<typeof frontMatter>, "dag" | "category" | "words" | "url">;

function conditionsOf({
  dag,
  category,
  words,
  url,
}: Conditions): Pick<Runbook, "dags" | "categories" | "words" | "url"> {
  return { dags: dag ?? [], categories: category ?? [], words: words ?? [], url: url ?? null };
}

function fitsNothing({ dags, categories: wanted, words }: Pick<Runbook, "dags" | "categories" | "words">): boolean {
  return dags.length + wanted.length + words.length === 0;
}
