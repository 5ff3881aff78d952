import type { ChatAdapter } from "../chat/adapter.js";
import { explainError } from "../core/errors.js";
import type { Connections } from "../core/ports.js";
import { checkPeople, type PeopleFacts } from "./check-people.js";
import type { Finding } from "./finding.js";

export interface CheckDeps {
  readonly connections: Connections;
  readonly adapters: readonly ChatAdapter[];
  readonly people: PeopleFacts;
  readonly notes: readonly string[];
}

/** Tries every connection, permission and chat surface as they will be used; never writes. */
export async function checkInstallation(deps: CheckDeps): Promise<readonly Finding[]> {
  const findings: Finding[] = deps.notes.map((words) => ({ level: "note", subject: "configuration", words }));
  for (const [name, { reader, writer }] of deps.connections.airflow) {
    findings.push(
      await attempt(name, async () => {
        const version = await reader.version();
        const dags = await reader.dags();
        return `Airflow ${version} answers; ${dags.length} DAGs can be read.`;
      }),
    );
    if (writer !== null) findings.push(await mayWrite(name, () => writer.canWrite()));
  }
  for (const [name, { reader, writer }] of deps.connections.databricks) {
    findings.push(await attempt(name, async () => `Databricks answers; reading as ${await reader.whoAmI()}.`));
    if (writer !== null) findings.push(await mayWrite(name, () => writer.canWrite()));
  }
  for (const adapter of deps.adapters) findings.push(...(await chatFindings(adapter)));
  findings.push(...(await checkPeople(deps.people, deps.adapters)));
  return findings;
}

async function attempt(subject: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { level: "ok", subject, words: await check() };
  } catch (error) {
    return { level: "fix", subject, words: explainError(error) };
  }
}

async function mayWrite(
  name: string,
  check: () => Promise<{ readonly ok: boolean; readonly detail: string }>,
): Promise<Finding> {
  const subject = `${name}, writing`;
  try {
    const { ok, detail } = await check();
    return { level: ok ? "ok" : "fix", subject, words: detail };
  } catch (error) {
    return { level: "fix", subject, words: explainError(error) };
  }
}

async function chatFindings(adapter: ChatAdapter): Promise<readonly Finding[]> {
  try {
    const missing = await adapter.check();
    if (missing.length === 0) return [{ level: "ok", subject: adapter.platform, words: "Ready to post." }];
    return missing.map((words) => ({ level: "fix", subject: adapter.platform, words }));
  } catch (error) {
    return [{ level: "fix", subject: adapter.platform, words: explainError(error) }];
  }
}
