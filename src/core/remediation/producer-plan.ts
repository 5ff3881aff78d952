import type { DagRun, TaskInstance } from "../airflow.js";
import { plannedTask } from "./build-steps.js";
import { accept, type ChosenSteps, refuse } from "./chosen-steps.js";
import { databricksUse } from "./databricks-use.js";
import type { ClearStep, PlanStep, WaitStep } from "./plan.js";
import { rerunRefusal } from "./rerun-refusal.js";
import type { ProducerSituation } from "./situation.js";

/** What waits for the input. */
interface Waiting {
  readonly roots: readonly [TaskInstance, ...TaskInstance[]];
  readonly clear: ClearStep;
}

const anyPerson = { requester: { kind: "person", id: "", name: "" }, afterFix: false } as const;

/** The input is missing and its producer is known: wait for it, or run it first, then the tasks that need it. */
export function producerPlan(waiting: Waiting, producer: ProducerSituation): ChosenSteps {
  const { dagId, run } = producer;
  if (run !== null && (run.state === "running" || run.state === "queued")) {
    return refuse(
      `${dagId} is still at work on the missing input (run ${run.runId}).`,
      "Wait until it has ended, then ask again.",
    );
  }
  if (run !== null && run.state === "success" && producer.roots.length === 0) return arrived(waiting, run);
  if (producer.isPaused) {
    return refuse(
      `${dagId} makes the missing input and is paused: a run of it would never start.`,
      `Whoever paused ${dagId} decides; ask again once it is on.`,
    );
  }
  if (producer.hasImportErrors) {
    return refuse(
      `${dagId} makes the missing input and its file does not import.`,
      "Repair its file first, then ask again.",
    );
  }
  return run === null ? start(waiting, producer) : again(waiting, producer, run);
}

/** It may have come since. */
function arrived({ roots, clear }: Waiting, { dagId, runId, endedAt }: DagRun): ChosenSteps {
  const failedAt = Math.max(...roots.map((task) => Date.parse(task.endedAt ?? "")));
  if (!(Date.parse(endedAt ?? "") > failedAt)) {
    return refuse(
      `${dagId} makes the missing input and its run ${runId} had ended well before.`,
      `Look with the owner of ${dagId} at what that run delivered.`,
    );
  }
  return accept([clear], {
    why: `${dagId}, which makes the missing input, has ended well since.`,
    risk: null,
  });
}

function start({ roots, clear }: Waiting, { dagId, logicalDate, via }: ProducerSituation): ChosenSteps {
  if (via === "sensor" && logicalDate === null) {
    return refuse(
      `${dagId} makes the missing input, but for which date can't be read from Airflow.`,
      `Start ${dagId} in Airflow for the right date, then ask again.`,
    );
  }
  const steps: readonly PlanStep[] = [
    { do: "airflow_trigger", connection: clear.connection, dagId, logicalDate },
    { do: "airflow_wait", connection: clear.connection, dagId, runId: null, tasks: [] },
    clear,
  ];
  const { taskId } = roots[0];
  return accept(steps, {
    why: `${taskId} waits for ${dagId}, which has not run for it: it is run first, and only when that ended well the rest.`,
    risk: via === "sensor" ? otherDate(taskId) : null,
  });
}

/** Its own failure must be one that a rerun can help. */
function again(waiting: Waiting, producer: ProducerSituation, { runId }: DagRun): ChosenSteps {
  const { clear } = waiting;
  const { dagId, verdict, roots, specs, tasks, wouldClear, via } = producer;
  const own = verdict === null ? null : rerunRefusal(verdict, anyPerson);
  if (own !== null) {
    return refuse(
      `${dagId} makes the missing input and failed itself. ${own.because}`,
      `What ${dagId} needs comes first; its own thread says what.`,
    );
  }
  const [root] = roots;
  if (root === undefined || wouldClear.length === 0) {
    return refuse(
      `${dagId} makes the missing input and did not end well, without a failed task that could be cleared.`,
      `Rerun ${dagId} from its own thread first, then ask again.`,
    );
  }
  const inDatabricks = roots.some((task) => {
    const { kind } = databricksUse(task, specs, tasks);
    return kind === "same_run" || kind === "repairs_itself" || kind === "unknown";
  });
  if (inDatabricks) {
    return refuse(
      `${dagId} makes the missing input and failed in Databricks, where a clear alone may not help.`,
      `Rerun ${dagId} from its own thread first, then ask again.`,
    );
  }
  const first: ClearStep = {
    do: "airflow_clear",
    connection: clear.connection,
    dagId,
    runId,
    tasks: wouldClear.map(plannedTask),
    runOnLatestVersion: null,
  };
  const wait: WaitStep = {
    do: "airflow_wait",
    connection: clear.connection,
    dagId,
    runId,
    tasks: first.tasks,
  };
  const risks = [
    ...(verdict === null ? [`Why ${root.taskId} of ${dagId} failed is not known.`] : []),
    ...(via === "sensor" ? [otherDate(waiting.roots[0].taskId)] : []),
  ];
  return accept([first, wait, clear], {
    why: `The missing input comes from ${dagId}, which failed: that runs first, and only when it ended well the rest.`,
    risk: risks.length === 0 ? null : risks.join(" "),
  });
}

function otherDate(taskId: string): string {
  return `${taskId} may wait for another date: Airflow does not say which.`;
}
