import type { FailureCase } from "../core/case.js";
import { InputError, PipewrightError, UpstreamError } from "../core/errors.js";
import type { LogInput } from "../core/ports.js";

export type SessionCall =
  | { readonly method: "jobRunCandidates"; readonly facts: FailureCase }
  | { readonly method: "diagnose"; readonly facts: FailureCase }
  | { readonly method: "condense"; readonly budget: number }
  | { readonly method: "lines"; readonly from: number; readonly to: number }
  | { readonly method: "lineCount" }
  | { readonly method: "close" };

export type LogHead = Pick<LogInput, "name" | "tryNumber" | "format">;

/** `call` numbers a request; a session is known by the number of the call that opened it. */
export type ToWorker =
  | { readonly kind: "open"; readonly call: number; readonly logs: readonly LogHead[] }
  | { readonly kind: "call"; readonly call: number; readonly session: number; readonly request: SessionCall }
  /** Answered at once by a worker that has nothing to do but wait for bytes. */
  | { readonly kind: "waiting?"; readonly call: number }
  | {
      readonly kind: "bytes";
      readonly call: number;
      readonly log: number;
      /** Of shared memory: to be read before more than the next are asked for. */
      readonly bytes: Uint8Array | null;
      readonly failure: string | null;
    };

export type FromWorker =
  /** Asks for more bytes of a log: nothing is sent before. */
  | { readonly kind: "need"; readonly call: number; readonly log: number }
  | { readonly kind: "waiting"; readonly call: number }
  | { readonly kind: "done"; readonly call: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly call: number; readonly error: CarriedError };

interface CarriedError {
  readonly type: "input" | "source" | "other";
  readonly message: string;
  readonly fix: string;
}

/** The source of the bytes failed on the other thread, which keeps the error itself. */
export class SourceFailure extends Error {}

export function carryError(error: unknown): CarriedError {
  if (error instanceof SourceFailure) return { type: "source", message: error.message, fix: "" };
  const message = error instanceof Error ? error.message : String(error);
  return {
    type: error instanceof InputError ? "input" : "other",
    message,
    fix: error instanceof PipewrightError ? error.fix : "",
  };
}

export function restoreError(carried: CarriedError): Error {
  return carried.type === "input" ? new InputError(carried.message, carried.fix) : new Error(carried.message);
}

/** The analysis was given up; nothing was changed and it may be asked for again. */
export function analysisStopped(why: string): UpstreamError {
  return new UpstreamError(
    `The log analysis was stopped: ${why}.`,
    "Ask again; if it repeats, open the log in Airflow.",
    "timeout",
    true,
    false,
  );
}
