import { describeTool } from "../../src/mcp/describe-tool.js";
import { tools } from "../../src/tools/index.js";
import { openCompany } from "../fixtures/simulated-company.js";
import { openTools } from "./company-tools.js";
import { type Figure, median } from "./figure.js";
import { tokensOf } from "./tokens.js";

/** P7: what one "why did this run fail" costs a model, over the simulated company's incidents; on a real Airflow: `-- peers`. */
export async function benchWhyFailed(): Promise<Figure> {
  const definitions = tokensOf(
    JSON.stringify(
      tools.map(describeTool).map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    ),
  );
  const company = await openCompany(3);
  try {
    const results: number[] = [];
    const totals: number[] = [];
    let diagnosed = 0;
    const diagnose = (await openTools(company)).find(({ name }) => name === "diagnose_failure");
    for (const incident of await company.incidents()) {
      const run = incident.failures.at(-1)?.runId;
      if (incident.dagId === null || run === undefined) continue;
      const input = { dag: incident.dagId, run };
      const answer = await diagnose?.call(input);
      const result = tokensOf(JSON.stringify(answer));
      results.push(result);
      totals.push(definitions + tokensOf(JSON.stringify({ name: "diagnose_failure", arguments: input })) + result);
      if (answer?.["outcome"] === "diagnosed") diagnosed += 1;
    }
    return {
      name: `o200k tokens of "why did this run fail", one call each, ${totals.length} failures of the simulated company`,
      measured: `result median ${median(results)}, most ${Math.max(...results)}; with definitions and call most ${Math.max(...totals)}; ${diagnosed} of ${totals.length} diagnosed`,
      target: "result <= 600; in all <= 2600",
    };
  } finally {
    await company.close();
  }
}
