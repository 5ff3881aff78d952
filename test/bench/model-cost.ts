import { deepen, type ReadTool } from "../../src/agent/deepen.js";
import { createClaude } from "../../src/clients/model/index.js";
import { systemClock } from "../../src/compose/system-clock.js";
import type { Incident } from "../../src/core/incident.js";
import { type ClaudeDouble, claudeDouble, type Reply } from "../fixtures/claude-double.js";
import { openCompany } from "../fixtures/simulated-company.js";
import { openTools } from "./company-tools.js";
import { type Figure, median } from "./figure.js";
import { tokensOf } from "./tokens.js";

/** The parts of a request that a model reads. */
interface Sent {
  readonly system: unknown;
  readonly tools: unknown;
  readonly messages: unknown;
}

const budget = {
  mostTurns: 6,
  mostInputTokens: 1_000_000,
  mostSeconds: 120,
  mostUsd: 100,
  usdPerMillionInput: 3,
  usdPerMillionOutput: 15,
};
const targetTokens = 8_000;

/** P12: what Claude reads in an incident when it looks at the log and at the incident before it answers; a script plays it. */
export async function benchModelCost(): Promise<Figure> {
  let left: Reply[] = [];
  const claude = await claudeDouble(() => left.shift() ?? { content: "nothing more" });
  const company = await openCompany(3);
  const prefixes = new Set<string>();
  const totals: number[] = [];
  const paid: number[] = [];
  try {
    const tools = await openTools(company);
    for (const incident of (await company.incidents()).filter(({ state }) => state === "diagnosed")) {
      left = script(incident);
      const sent = await requestsOf(incident, tools, claude);
      for (const one of sent) prefixes.add(JSON.stringify([one.tools, one.system]));
      const prefix = tokensOf([...prefixes][0] ?? "");
      const total = sent.reduce((sum, { messages }) => sum + prefix + tokensOf(JSON.stringify(messages)), 0);
      totals.push(total);
      paid.push(total - prefix * sent.length);
    }
  } finally {
    await company.close();
    await claude.stop();
  }
  const [prefix = ""] = prefixes;
  const marked = prefix.includes('"cache_control"') ? "marked for the cache" : "NOT marked for the cache";
  return {
    name: `o200k tokens that a scripted model reads in an incident (3 requests), ${totals.length} incidents of the simulated company`,
    measured: `median ${median(totals)}, most ${Math.max(...totals)}; ${prefixes.size} prefix of ${tokensOf(prefix)} in all requests, ${marked}; beside it median ${median(paid)}`,
    target: `<= ${targetTokens} at the median; 1 prefix, marked`,
  };
}

/** Two looks and an answer. */
function script({ id, dagId, failures }: Incident): Reply[] {
  const newest = failures.at(-1);
  const look =
    dagId === null
      ? { name: "databricks_get_run_output", input: { run: newest?.runId } }
      : { name: "airflow_get_task_log", input: { dag: dagId, run: newest?.runId } };
  const answer = { category: null, claims: [], alternatives: [], next_step: null };
  return [
    { calls: [look] },
    { calls: [{ name: "incident_get", input: { incident: id } }] },
    { calls: [{ name: "give_answer", input: answer }] },
  ];
}

async function requestsOf(
  incident: Incident,
  tools: readonly ReadTool[],
  { url }: ClaudeDouble,
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const recording: typeof fetch = async (address, init) => {
    sent.push(JSON.parse(String(init?.body)) as Sent);
    return fetch(address, init);
  };
  const model = createClaude({ apiKey: () => "key", baseUrl: url, model: "claude-test", fetch: recording, retries: 0 });
  const request = { incident, question: null, before: null, signal: new AbortController().signal };
  await deepen({ ...request, onProgress: async () => true }, { model, tools, budget, clock: systemClock });
  return sent;
}
