import { asRecord } from "./json.js";
import type { Behaviour } from "./world/state.js";

/** What a test may say about a task of a job that comes in over the API; everything but `job` may be left out. */
export interface BehaviourWish {
  /** Job or run name; `*` at the end matches any rest. */
  readonly job: string;
  /** Task key, `*` at the end as above; all tasks when left out. */
  readonly task?: string;
  readonly durationMs?: number;
  readonly failsUntilHealed?: boolean;
  readonly failsTimes?: number;
  readonly error?: string;
  readonly trace?: string;
  readonly stateMessage?: string;
  readonly terminationCode?: string;
  readonly terminationType?: string;
  /** What the notebook hands back when it succeeds. */
  readonly result?: string;
}

/** Reads a wish leniently; what it leaves out is an ordinary failed notebook of two seconds. */
export function readBehaviour(wish: unknown): Behaviour {
  const read = asRecord(wish) ?? {};
  const text = (name: string): string | null => (typeof read[name] === "string" ? read[name] : null);
  const number = (name: string, fallback: number): number => (typeof read[name] === "number" ? read[name] : fallback);
  return {
    job: text("job") ?? "*",
    task: text("task") ?? "*",
    durationMs: number("durationMs", 2_000),
    failsUntilHealed: read["failsUntilHealed"] === true,
    failsTimes: number("failsTimes", 0),
    result: text("result"),
    failure: {
      error: text("error") ?? "RuntimeError: the task was told to fail",
      trace: text("trace"),
      stateMessage: text("stateMessage"),
      terminationCode: text("terminationCode") ?? "RUN_EXECUTION_ERROR",
      terminationType: text("terminationType") ?? "CLIENT_ERROR",
      cluster: null,
    },
  };
}
