import { emptyCase, type FailureCase } from "../../core/case.js";
import type { DatabricksRun } from "../../core/databricks.js";
import type { Failure } from "../../core/failure.js";
import type { AirflowReader, DatabricksReader, LogSession } from "../../core/ports.js";
import { type Change, named, tellingChanges } from "../../core/rca/change.js";
import { compareTaskRuns } from "../../core/rca/compare.js";
import { compareJobRuns } from "../../core/rca/compare-job-runs.js";
import { compareLogs } from "../../core/rca/compare-logs.js";
import { momentWords } from "../../core/rca/time-words.js";
import type { Verdict } from "../../core/verdict.js";
import type { GatheredCase } from "../gather-case.js";
import { airflowReaders } from "../lookup/connection.js";
import type { ToolPorts } from "../ports.js";
import { type LastGoodTask, lastGoodJobRuns, lastGoodTask, refOf } from "./last-good-run.js";
import { endsOf, withLog } from "./log-lines.js";

/** What was read of the last good run while the failure itself was read. */
export interface Comparison {
  /**
   * What changed since the last good run, at most five sentences, the most telling first; empty when there is no good run or
   * nothing to say. Never throws: a comparison that can't be made is left out.
   */
  changes(facts: FailureCase, session: LogSession, verdict: Verdict): Promise<readonly string[]>;
}

interface Earlier {
  readonly task: LastGoodTask;
  readonly log: readonly string[];
}

/** Starts reading the last good run and the try before the failed one: at most two more logs. */
export function startComparison(gathered: GatheredCase, ports: ToolPorts): Comparison {
  const { facts, failure } = gathered;
  const reader = failure.kind === "airflow_task" ? airflowReaders(ports, failure.connection)[0] : undefined;
  const earlier = reader === undefined ? null : softly(readEarlier(facts, reader, ports), null);

  return {
    async changes(known, session, verdict) {
      if (verdict.outcome === "no_failure") return [];
      const [good, jobs, tries] = await Promise.all([
        earlier,
        softly(jobChanges(known, gathered), []),
        reader === undefined ? [] : softly(tryChanges(gathered, verdict, reader, ports), []),
      ]);
      const task = good === null ? [] : await softly(taskChanges(known, failure, good, session), []);
      const since = momentWords(
        good?.task.last.run?.runAfter ?? good?.task.last.task.startedAt ?? jobs[0]?.since ?? null,
      );
      const told = tellingChanges([...task, ...jobs, ...tries]);
      return since === null ? told : told.map((words, index) => (index === 0 ? dated(words, since) : words));
    },
  };
}

/** The first sentence that speaks of the last good run says when that was. */
function dated(words: string, since: string): string {
  return words.includes("last good run") ? words.replace("last good run", `last good run (${since})`) : words;
}

async function softly<T>(value: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await value;
  } catch {
    return otherwise;
  }
}

async function readEarlier(facts: FailureCase, reader: AirflowReader, ports: ToolPorts): Promise<Earlier | null> {
  if (facts.task === null) return null;
  const task = await lastGoodTask(facts.task, reader);
  if (task === null) return null;
  const { last } = task;
  const reading = reader
    .taskLog(refOf(last.task), last.task.tryNumber)
    .then((log) => withLog(log, ports.analyzer, endsOf));
  return { task, log: await softly(reading, []) };
}

async function taskChanges(
  { task, run }: FailureCase,
  failure: Failure,
  earlier: Earlier,
  session: LogSession,
): Promise<readonly Change[]> {
  if (task === null || failure.kind !== "airflow_task") return [];
  // The instance's times are those of its newest try.
  const failed = task.tryNumber === failure.tryNumber ? task : { ...task, durationSeconds: null, startedAt: null };
  const lines = earlier.log.length === 0 ? [] : await softly(endsOf(session), []);
  const { last, good } = earlier.task;
  return [...compareTaskRuns({ task: failed, run }, last, good), ...compareLogs(lines, earlier.log)];
}

type JobChange = Change & { readonly since: string | null };

async function jobChanges(facts: FailureCase, gathered: GatheredCase): Promise<readonly JobChange[]> {
  const [failed] = facts.databricks.runs;
  const reader = failed === undefined ? undefined : workspaceOf(failed, gathered.workspaces);
  if (failed === undefined || reader === undefined) return [];
  const good = await lastGoodJobRuns(failed, reader);
  const since = good[0]?.startedAt ?? null;
  return compareJobRuns(failed, good).map((change) => ({ ...change, since }));
}

function workspaceOf(run: DatabricksRun, readers: readonly DatabricksReader[]): DatabricksReader | undefined {
  const host = (url: string | null): string | null => (url !== null && URL.canParse(url) ? new URL(url).host : null);
  const home = host(run.pageUrl);
  return readers.find((reader) => home !== null && host(reader.baseUrl) === home) ?? readers[0];
}

/** Where the try before failed of something else, that is worth a sentence; a Databricks run has tries of its own. */
async function tryChanges(
  { facts, failure }: GatheredCase,
  verdict: Verdict,
  reader: AirflowReader,
  ports: ToolPorts,
): Promise<readonly Change[]> {
  const { task } = facts;
  if (task === null || failure.kind !== "airflow_task" || verdict.normalisedException === null) return [];
  if (verdict.databricksRuns.length > 0 || failure.tryNumber < 2) return [];
  const tryNumber = failure.tryNumber - 1;
  const log = await reader.taskLog(failure, tryNumber);
  const known: FailureCase = { ...emptyCase, task: { ...task, tryNumber }, specs: facts.specs, dag: facts.dag };
  const before = await withLog(log, ports.analyzer, (session) => session.diagnose(known));
  const other = before.normalisedException;
  if (before.outcome !== "diagnosed" || other === null || other === verdict.normalisedException) return [];
  return [
    {
      weight: 40,
      words: `Try ${tryNumber} failed otherwise: ${before.evidence[0] ? named(before.evidence[0].text) : before.summary}.`,
    },
  ];
}
