import { matchesGlob } from "../core/remediation/glob.js";
import type { Environment } from "./env.js";
import type { ConfigFile } from "./file.js";

/** Fit every connection of a kind, also where none is configured yet. */
const wholeKinds = new Set(["*", "airflow:*", "databricks:*"]);

/** A pattern that fits no connection would guard nothing, and nobody would notice: each is a problem of the start. */
export function checkConnectionPatterns(env: Environment, file: ConfigFile, connections: readonly string[]): void {
  const known = connections.length === 0 ? "none is configured" : `the connections are ${connections.join(", ")}`;
  const complain = (setting: string, pattern: string): void =>
    env.problem(
      setting,
      `${setting} names ${JSON.stringify(pattern)}, and no connection is called so.`,
      `Mend the name; ${known}.`,
    );
  const patterns = [
    ...(file.policy?.rules ?? []).map(({ connection }) => ["policy", connection] as const),
    ...file.reading.map(({ connection }) => ["reading", connection] as const),
  ];
  for (const [setting, pattern] of patterns) {
    if (pattern === undefined || wholeKinds.has(pattern)) continue;
    if (!connections.some((name) => matchesGlob(pattern, name))) complain(setting, pattern);
  }
  for (const name of file.claude?.not_for ?? []) if (!connections.includes(name)) complain("claude.not_for", name);
}
