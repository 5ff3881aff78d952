import type { ReadingRule } from "../core/reading.js";
import type { Environment } from "./env.js";
import type { ConfigFile } from "./file.js";

/** Who may read what, groups written out. */
export function readingRules(env: Environment, file: ConfigFile): readonly ReadingRule[] {
  return file.reading.map(({ connection, dag, channels, people }) => ({
    connection: connection ?? null,
    dag: dag ?? null,
    channels: channels ?? null,
    people: people === undefined ? null : [...new Set(people.flatMap((id) => writtenOut(env, file, id)))],
  }));
}

function writtenOut(env: Environment, { groups }: ConfigFile, id: string): readonly string[] {
  if (!id.startsWith("group:")) return [id];
  const group = groups[id.slice("group:".length)];
  if (group === undefined)
    env.problem("reading", `reading names ${id}, and there is no such group.`, "Add it under groups.");
  return group ?? [];
}
