import type { FailureCase } from "../case.js";
import { exceptionsIn } from "./exception-in-text.js";
import { bounded, type Quote, type Statement } from "./statement.js";

/** What Airflow itself knows about the task beside its log. `silent`: the log names no cause, so these facts weigh full. */
export function statementsOfAirflow(facts: FailureCase, silent: boolean, open: boolean): readonly Statement[] {
  const scale = silent ? 1 : 0.55;
  return [...events(facts, scale, open), ...imports(facts, scale), ...notRunning(facts, scale)];
}

const bookkeepingEvents = new Set([
  "running",
  "success",
  "queued",
  "scheduled",
  "cli_task_run",
  "task_instance_history",
  "trigger_dag_run",
]);

function events(facts: FailureCase, scale: number, open: boolean): readonly Statement[] {
  const mine = facts.eventLog.filter((entry) => concerns(entry, facts) && !bookkeepingEvents.has(entry.event));
  return mine.slice(-40).map((entry) => {
    const said = `${entry.event} ${entry.extra ?? ""}`.trim();
    return statement(
      "event",
      entry.event,
      said,
      "event_logs",
      entry.extra ?? entry.event,
      weightOfEvent(entry, scale, open),
    );
  });
}

function concerns(entry: FailureCase["eventLog"][number], facts: FailureCase): boolean {
  const { task } = facts;
  if (task === null) return true;
  if (entry.taskId !== null && entry.taskId !== task.taskId) return false;
  if (entry.runId !== null && entry.runId !== task.runId) return false;
  return entry.tryNumber === null || entry.tryNumber === task.tryNumber || task.tryNumber === 0;
}

/** A person's or the API's change of state decides whatever the log says; a lost heartbeat where the log has no end of its own. */
function weightOfEvent(entry: FailureCase["eventLog"][number], scale: number, open: boolean): number {
  const stated = `${entry.event} ${entry.extra ?? ""}`;
  if (changesState.test(stated)) return 1;
  if (entry.event === "failed") return scale * 0.2;
  return /heartbeat timeout|state mismatch|stuck in queued/.test(entry.event) && open ? 0.98 : scale;
}

/** The UI's own marks carry `confirmed` or `origin`; the API's rows name their endpoint. */
const changesState =
  /^(?:api\.)?(?:patch_task_instance|post_set_task_instances_state|patch_dag_run|update_dag_run_state|set_task_instance_note)\b.{0,400}failed|^(?:failed|dagrun_failed|confirm)\b.{0,400}"?(?:confirmed|origin)"?|^(?:patch_task_instance|post_set_task_instances_state)\b/s;

function imports(facts: FailureCase, scale: number): readonly Statement[] {
  return facts.importFailures.slice(0, 5).flatMap((failure) => {
    const lines = failure.stackTrace.split("\n");
    const found = exceptionsIn(lines);
    const root = found.at(-1);
    const last = lines.findLast((line) => line.trim() !== "") ?? "";
    const quotes = quotesFrom(lines, root?.index ?? Math.max(0, lines.lastIndexOf(last)));
    return [
      {
        kind: "exception" as const,
        origin: "airflow" as const,
        type: root?.type ?? null,
        text: bounded(root === undefined ? last : `${root.type}: ${root.message}`),
        context: bounded(`import of ${failure.filename}\n${failure.stackTrace}`),
        quotes,
        weight: scale,
        raisedInOwnCode: true,
      },
    ];
  });
}

function quotesFrom(lines: readonly string[], index: number): readonly Quote[] {
  const telling = lines[index] ?? "";
  const before = lines.slice(Math.max(0, index - 2), index);
  return [telling, ...lines.slice(index + 1, index + 4), ...before]
    .filter((line) => line.trim() !== "" && !line.startsWith("Traceback"))
    .map((text) => ({ source: "import_errors", line: null, text }));
}

function notRunning(facts: FailureCase, scale: number): readonly Statement[] {
  const statements = facts.blocking.map((one) =>
    statement("event", one.name, `blocked: ${one.name}: ${one.reason}`, "dependencies", one.reason, scale * 0.9),
  );
  for (const warning of facts.warnings) {
    statements.push(
      statement(
        "event",
        warning.type,
        `${warning.type}: ${warning.message}`,
        "dag_warnings",
        warning.message,
        scale * 0.9,
      ),
    );
  }
  const pool = facts.pools.find((one) => one.name === facts.task?.pool);
  if (
    pool !== undefined &&
    pool.openSlots <= 0 &&
    facts.task !== null &&
    /^(?:scheduled|queued|none)$/.test(facts.task.state)
  ) {
    const said = `pool ${pool.name} has ${pool.openSlots} open of ${pool.slots} slots`;
    statements.push(statement("event", "pool_full", said, "pools", pool.name, scale * 0.85));
  }
  return statements;
}

function statement(
  kind: Statement["kind"],
  type: string,
  text: string,
  source: string,
  quoted: string,
  weight: number,
): Statement {
  return {
    kind,
    origin: "airflow",
    type,
    text: bounded(text),
    context: "",
    quotes: [{ source, line: null, text: quoted }],
    weight,
    raisedInOwnCode: false,
  };
}
