import type { EndMarker, LogRecord } from "../../core/rca/reading.js";

type Statement = Pick<LogRecord, "message" | "logger" | "extra" | "firstLine">;

/** What the task itself printed is no statement of the orchestrator. */
const taskOutput =
  /^(?:task\.std(?:out|err)|logging_mixin\.py|subprocess\.py|pod_manager\.py|ssh\.py|bash_operator\.py|docker\.py)$/;
const gate =
  /^(?:Task |Marking |Process |Received SIG|State of this|Server indicated|Sensor has timed|DagRun timed|Error fetching|Could not read served|\(Log stream|Heartbeat |Immediate failure|Failed to execute (?:job|task)|Skipping task|Dag |Startup reschedule|\*\*\* )/;

const rules: readonly (readonly [pattern: RegExp, kind: EndMarker["kind"]])[] = [
  [/^Task failed with exception/, "failed_with_exception"],
  [/^Task failed due to SystemExit\(?([^)]*)/, "exit_code"],
  [/^Failed to execute (?:job|task) \S+ for task \S+ \((.*?)(?:; \d+)?\)$/, "failed_with_exception"],
  [/^(?:Immediate failure requested\. )?Marking task as FAILED/, "marked_failed"],
  [/^Marking task as UP_FOR_RETRY/, "marked_up_for_retry"],
  [/^Marking task as SUCCESS/, "marked_success"],
  [/^(?:Marking task as SKIPPED|Skipping task\.)/, "marked_skipped"],
  [/^Task exited with return code (Negsignal\.SIG[A-Z0-9]{2,8}?|-\d{1,3})(?=For more|[.\s]|$)/, "killed_by_signal"],
  [/^Task exited with return code (\d{1,5})/, "exit_code"],
  [/^Process terminated by signal/, "killed_by_signal"],
  [/^(?:Process exited abnormally|Task exited)/, "exit_code"],
  [/^Received (SIG[A-Z]{2,8})\. Terminating subprocesses/, "killed_by_signal"],
  [/^Task received (SIG[A-Z]{2,8}) signal/, "killed_by_signal"],
  [/^State of this instance has been externally set to (\w+)/, "externally_set"],
  [/^Server indicated the task shouldn't be running anymore/, "externally_set"],
  [/^Task killed!/, "externally_set"],
  [/^(?:Process timed out|DagRun timed out after|Sensor has timed out)/, "timed_out"],
  [/^(?:Heartbeat time limit exceeded|Task did not emit heartbeat)/, "heartbeat_lost"],
  [/^Task is not able to be run/, "never_ran"],
  [/^Task (?:was skipped, no logs|did not run because)/, "never_ran"],
  [/^Error fetching the logs\. Try number 0/, "never_ran"],
  [/^(?:\*\*\* )?Could not read served logs: (?:Invalid URL|Hostname not available)/, "never_ran"],
  [/^\(Log stream stopped/, "stream_stopped"],
];

/** What a statement says about how the try ended, or null. */
export function endMarkerOf(statement: Statement): EndMarker | null {
  if (statement.logger !== null && taskOutput.test(statement.logger)) return null;
  if (!gate.test(statement.message)) return null;
  for (const [pattern, kind] of rules) {
    const found = pattern.exec(statement.message);
    if (found !== null) return { kind, line: statement.firstLine, detail: found[1] ?? detailIn(statement.extra) };
  }
  return null;
}

function detailIn(extra: Readonly<Record<string, string>>): string | null {
  return extra["signal_name"] ?? extra["signal"] ?? extra["exit_code"] ?? extra["reason"] ?? extra["detail"] ?? null;
}
