import type { FailureCase } from "../../core/case.js";
import type { LogInput, LogSession } from "../../core/ports.js";
import type { Verdict } from "../../core/verdict.js";
import { type GatheredCase, gatherCase } from "../gather-case.js";
import type { ToolPorts } from "../ports.js";
import { startComparison } from "./compare-last-good.js";
import { readDatabricksCase } from "./databricks-case.js";
import type { Target } from "./target.js";

/** A diagnosed failure with what a thread shows beside the verdict. */
export interface Diagnosis {
  readonly verdict: Verdict;
  readonly failure: GatheredCase["failure"];
  readonly blocked: readonly string[];
  readonly links: GatheredCase["links"];
  readonly owner: string | null;
  readonly facts: FailureCase;
  /** What changed since the last good run, the most telling first; empty unless it was asked for. */
  readonly changes: readonly string[];
}

/** A shorter log than this says how the try was set up and no more. */
const emptyLogLines = 5;
const sure = 0.5;
/** Causes for which Airflow's event log often holds the better proof: heartbeats, hands, limits. */
const schedulerCategories = new Set(["infrastructure", "cancelled", "timeout", "platform_bug", "dependency_failure"]);

async function withDatabricks(session: LogSession, gathered: GatheredCase): Promise<FailureCase> {
  const { facts } = gathered;
  if (gathered.failure.kind !== "airflow_task") return facts;
  const candidates = await session.jobRunCandidates(facts);
  return { ...facts, databricks: await readDatabricksCase(candidates, gathered.workspaces) };
}

async function needsScheduler(session: LogSession, verdict: Verdict, facts: FailureCase): Promise<boolean> {
  if (verdict.outcome !== "diagnosed" || verdict.confidence < sure || verdict.category === null) return true;
  if (facts.task !== null && (await session.lineCount()) < emptyLogLines) return true;
  return schedulerCategories.has(verdict.category) || verdict.warnings.length > 0;
}

async function openLogs(logs: readonly LogInput[], gathered: GatheredCase, ports: ToolPorts): Promise<LogSession> {
  const session = await gathered.gaps.read("The log", ports.analyzer.open(logs), null);
  return session ?? (await ports.analyzer.open([]));
}

function databricksLinks(verdict: Verdict, gathered: GatheredCase): GatheredCase["links"] {
  const [reader] = gathered.workspaces;
  const [run] = verdict.databricksRuns;
  if (!reader || !run || gathered.failure.kind === "databricks_run") return [];
  return [{ label: "Open in Databricks", url: reader.runUrl(run) }];
}

/** Gathers everything about one failure and gives the verdict; what only the scheduler knows is read when the rest leaves doubt. */
export async function diagnoseTarget(
  target: Target,
  ports: ToolPorts,
  wanted: { readonly changes?: boolean } = {},
): Promise<Diagnosis> {
  const gathered = await gatherCase(target, ports);
  const comparison = wanted.changes === true ? startComparison(gathered, ports) : null;
  const session = await openLogs(gathered.logs, gathered, ports);
  try {
    let facts = await withDatabricks(session, gathered);
    let verdict = await session.diagnose(facts);
    if (await needsScheduler(session, verdict, facts)) {
      facts = await gathered.addSchedulerSide(facts);
      verdict = await session.diagnose(facts);
    }
    const changes = (await comparison?.changes(facts, session, verdict)) ?? [];
    const gaps = [...gathered.gaps.words, ...facts.databricks.gaps];
    return {
      verdict: {
        ...verdict,
        failedAncestor: gathered.ancestor ?? verdict.failedAncestor,
        warnings: [...new Set([...verdict.warnings, ...gaps])],
      },
      failure: gathered.failure,
      blocked: gathered.blocked,
      links: [...gathered.links, ...databricksLinks(verdict, gathered)],
      owner: gathered.owner,
      facts,
      changes,
    };
  } finally {
    await session.close();
  }
}
