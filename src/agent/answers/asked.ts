import { InputError } from "../../core/errors.js";
import type { Clock, ToolCaller } from "../../core/ports.js";
import type { Understood } from "../understand.js";

/** A question as the answers take it. */
export interface Asked extends Understood {
  readonly incidentId: string | null;
  readonly tools: ToolCaller;
  readonly clock: Clock;
}

/** The words that name what is meant: said in the question, or the incident whose thread it stands in. */
export function requireSubject(asked: Asked, example: string): string {
  const subject = asked.subject === "" ? asked.incidentId : asked.subject;
  if (subject !== null) return subject;
  throw new InputError("That question names no DAG, job or incident.", `Ask like this: ${example}`);
}

/** The DAG that is meant, by words or through the thread's incident. */
export async function requireDag(asked: Asked, example: string): Promise<string> {
  const subject = requireSubject(asked, example);
  const incident = /\binc_[\w-]{4,64}/.exec(subject)?.[0] ?? (asked.subject === "" ? subject : null);
  if (incident === null) return subject;
  const { dag } = await asked.tools.call("incident_get", { incident });
  if (typeof dag === "string") return dag;
  throw new InputError("This incident is about a Databricks job, not a DAG.", "Name a DAG.");
}
