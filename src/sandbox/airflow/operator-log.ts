import { runPageUrl } from "../databricks/page-url.js";
import { wholeNumber } from "../json.js";
import { type JobWork, operatorOf, type TryContext } from "../pipelines/pipeline.js";
import { paced, type Sim } from "../world/sim.js";
import type { Write } from "./log-record.js";
import { PYTHON_HOME } from "./python-home.js";

const PRIOR_WORDS = {
  "submit-again": { event: "Prior job in terminal state, resubmitting fresh", level: "warning", line: 182 },
  reconnect: { event: "Reconnecting to existing job", level: "info", line: 161 },
  "already-succeeded": {
    event: "Job already completed successfully, skipping resubmission",
    level: "info",
    line: 172,
  },
} as const;

/** What provider 7.23 prints while it submits a run, or finds the one of the try before, and polls it. */
export function writeOperatorLines(
  sim: Sim,
  work: JobWork,
  { task, attempt }: TryContext,
  workspaceUrl: string,
  write: Write,
): void {
  if (attempt.jobRunId === null) return;
  const { operator, module } = operatorOf(work);
  const logger = `airflow.task.operators.${module}.${operator}`;
  const start = attempt.startedAt;
  write(
    start + 450,
    "ProvidersManager.hooks is deprecated. Use ProvidersManagerTaskRuntime.hooks from task-sdk instead.",
    {
      level: "warning",
      category: "DeprecatedImportWarning",
      filename: `${PYTHON_HOME}site-packages/airflow/providers/databricks/hooks/databricks_base.py`,
      lineno: 214,
      logger: "py.warnings",
    },
  );
  const prior = attempt.priorJobRun;
  if (prior !== null) {
    const said = PRIOR_WORDS[prior.decision];
    write(start + 470, said.event, {
      level: said.level,
      external_id_key: "databricks_run_id",
      external_id: wholeNumber(prior.runId),
      ...(prior.decision === "already-succeeded" ? {} : { status: prior.status }),
      logger,
      filename: "resumablejobmixin.py",
      lineno: said.line,
    });
  }
  if (prior?.decision === "already-succeeded") return;
  if (prior?.decision !== "reconnect") {
    write(start + 500, `Run submitted with run_id: ${attempt.jobRunId}`, {
      logger,
      filename: "databricks.py",
      lineno: work.kind === "submit" ? 1017 : 1513,
    });
  }
  const jobRun = sim.world.jobRuns.find((candidate) => candidate.runId === attempt.jobRunId);
  if (jobRun === undefined) return;
  const first = jobRun.attempts[0];
  const pendingUntil = jobRun.startedAt + (first?.setupMs ?? 0);
  const every = paced(sim, work.pollSeconds * 1_000);
  const end = Math.min(attempt.endedAt ?? Number.POSITIVE_INFINITY, sim.world.now + 1);
  const url = runPageUrl(workspaceUrl, jobRun.jobId, jobRun.runId);
  for (let poll = start + 600; poll < end - 50; poll += every) {
    const state = poll < pendingUntil ? "PENDING" : "RUNNING";
    const message = state === "PENDING" ? "Waiting for cluster" : "In run";
    write(
      poll,
      `${task.taskId} in run state: {'life_cycle_state': '${state}', 'result_state': '', 'state_message': '${message}'}`,
      { logger, filename: "databricks.py", lineno: 168 },
    );
    write(poll, `View run status, Spark UI, and logs at ${url}`, { logger, filename: "databricks.py", lineno: 169 });
    write(poll, `Sleeping for ${work.pollSeconds} seconds.`, {
      logger,
      filename: "databricks.py",
      lineno: 170,
    });
  }
  if (attempt.endedAt === null) return;
  if (attempt.killed) {
    write(
      attempt.endedAt - 15,
      `Task: ${task.taskId} with run_id: ${attempt.jobRunId} was requested to be cancelled.`,
      {
        logger,
        filename: "databricks.py",
        lineno: 1087,
      },
    );
  } else if (attempt.failure === null) {
    write(attempt.endedAt - 20, `${task.taskId} completed successfully.`, {
      logger,
      filename: "databricks.py",
      lineno: 125,
    });
    write(attempt.endedAt - 19, `View run status, Spark UI, and logs at ${url}`, {
      logger,
      filename: "databricks.py",
      lineno: 126,
    });
  }
}
