import { setPriority } from "node:os";
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";
import type { FailureCase } from "../core/case.js";
import type { JobRunCandidate, LogAnalyzer, LogInput, LogSession, NumberedLine } from "../core/ports.js";
import { diagnose } from "../core/rca/diagnose.js";
import type { Verdict } from "../core/verdict.js";
import { createRedactor, type RedactorConfig } from "../telemetry/redact.js";
import { createInlineAnalyzer } from "./inline-analyzer.js";
import { openSession } from "./session.js";
import { SharedBlocks } from "./shared-blocks.js";
import {
  analysisStopped,
  carryError,
  type FromWorker,
  restoreError,
  type SessionCall,
  SourceFailure,
  type ToWorker,
} from "./worker-protocol.js";

export interface WorkerAnalyzerConfig {
  readonly redactor: RedactorConfig;
  /** How long the worker may compute without a sign of life, twice that while bytes are awaited; then it is ended and started anew. */
  readonly deadlineMs?: number;
  readonly memoryMb?: number;
}

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly sources: readonly SharedBlocks[];
  sourceError: unknown;
  timer: NodeJS.Timeout | null;
  /** It has asked for bytes that have not come: it may be at work on others, or wait. */
  awaitsBytes: boolean;
  /** It was asked whether it only waits. */
  asked: boolean;
}

const role = "pipewright-logs";
const defaultDeadlineMs = 30_000;
const defaultMemoryMb = 512;
/** What a 2 MB log leaves while it is read fits, so that it is not copied over and over. */
const youngGenerationMb = 48;
/** A third of what another thread gets while both have work. */
const niceness = 5;

/** Reads logs in a worker thread, so that the event loop stays free however long a log is. */
export function createWorkerAnalyzer(config: WorkerAnalyzerConfig): LogAnalyzer {
  const deadlineMs = config.deadlineMs ?? defaultDeadlineMs;
  let calls = 0;
  let worker: Worker | null = null;
  const pending = new Map<number, PendingCall>();

  function start(): Worker {
    const started = new Worker(new URL(import.meta.url), {
      workerData: { role, redactor: config.redactor },
      resourceLimits: {
        maxOldGenerationSizeMb: config.memoryMb ?? defaultMemoryMb,
        maxYoungGenerationSizeMb: youngGenerationMb,
      },
      stdout: false,
      stderr: false,
    });
    started.on("message", (message: FromWorker) => receive(message));
    started.on("error", (error) => abandon(started, wordsFor(error)));
    started.on("exit", () => abandon(started, "its thread ended"));
    started.unref();
    return started;
  }

  function abandon(dead: Worker, why: string): void {
    if (worker !== dead) return;
    worker = null;
    void dead.terminate();
    for (const call of [...pending.keys()]) settle(call, (one) => one.reject(analysisStopped(why)));
  }

  function settle(call: number, how: (one: PendingCall) => void): void {
    const one = pending.get(call);
    if (one === undefined) return;
    if (one.timer !== null) clearTimeout(one.timer);
    pending.delete(call);
    if (pending.size === 0) worker?.unref();
    for (const source of one.sources) source.close();
    how(one);
  }

  function watch(call: number, one: PendingCall): void {
    if (one.timer !== null) clearTimeout(one.timer);
    const busy = worker;
    one.timer = setTimeout(() => {
      if (busy === null) return;
      if (one.awaitsBytes && !one.asked) {
        one.asked = true;
        busy.postMessage({ kind: "waiting?", call } satisfies ToWorker);
        watch(call, one);
      } else abandon(busy, `it took over ${Math.round(deadlineMs / 1000)} s`);
    }, deadlineMs);
  }

  /** It only waits for the source of its bytes, which has time-outs of its own. */
  function rest(call: number): void {
    const one = pending.get(call);
    if (one?.timer == null || !one.awaitsBytes) return;
    clearTimeout(one.timer);
    one.timer = null;
  }

  function receive(message: FromWorker): void {
    if (message.kind === "need") void supply(message.call, message.log);
    else if (message.kind === "waiting") rest(message.call);
    else if (message.kind === "done") settle(message.call, (one) => one.resolve(message.value));
    else
      settle(message.call, (one) =>
        one.reject(message.error.type === "source" ? asError(one.sourceError) : restoreError(message.error)),
      );
  }

  async function supply(call: number, log: number): Promise<void> {
    const one = pending.get(call);
    const source = one?.sources[log];
    if (one === undefined || source === undefined) return;
    one.awaitsBytes = true;
    one.asked = false;
    let bytes: Uint8Array | null = null;
    let failure: string | null = null;
    try {
      bytes = await source.take();
    } catch (error) {
      one.sourceError = error;
      failure = "the source of the bytes failed";
    }
    if (pending.get(call) !== one || worker === null) return;
    one.awaitsBytes = false;
    watch(call, one);
    const message: ToWorker = { kind: "bytes", call, log, bytes, failure };
    worker.postMessage(message);
  }

  function send<T>(
    make: (call: number) => ToWorker,
    on: Worker | null,
    sources: readonly SharedBlocks[] = [],
  ): Promise<T> {
    if (on === null || on !== worker)
      return Promise.reject(analysisStopped("its thread was started anew since the log was opened"));
    calls += 1;
    const call = calls;
    return new Promise<T>((resolve, reject) => {
      const one: PendingCall = {
        resolve: (value) => resolve(value as T),
        reject,
        sources,
        sourceError: null,
        timer: null,
        awaitsBytes: false,
        asked: false,
      };
      pending.set(call, one);
      on.ref();
      watch(call, one);
      on.postMessage(make(call));
    });
  }

  return {
    async open(logs) {
      worker ??= start();
      const on = worker;
      const sources = logs.map((log) => new SharedBlocks(log.bytes[Symbol.asyncIterator]()));
      const heads = logs.map(({ name, tryNumber, format }) => ({ name, tryNumber, format }));
      const session = await send<number>((call) => ({ kind: "open", call, logs: heads }), on, sources);
      const ask = <T>(request: SessionCall): Promise<T> =>
        send<T>((call) => ({ kind: "call", call, session, request }), on);
      return remoteSession(ask, () => on === worker);
    },
    async close() {
      const last = worker;
      if (last === null) return;
      abandon(last, "Pipewright is stopping");
      await last.terminate();
    },
  };
}

/** The worker as built; on the calling thread where the code runs from its TypeScript source, which Node can't load in a worker. */
export function createLogAnalyzer(config: WorkerAnalyzerConfig): LogAnalyzer {
  if (import.meta.url.endsWith(".ts")) return createInlineAnalyzer({ diagnose, redactor: config.redactor });
  return createWorkerAnalyzer(config);
}

function remoteSession(ask: <T>(request: SessionCall) => Promise<T>, alive: () => boolean): LogSession {
  return {
    jobRunCandidates: (facts: FailureCase) => ask<readonly JobRunCandidate[]>({ method: "jobRunCandidates", facts }),
    diagnose: (facts: FailureCase) => ask<Verdict>({ method: "diagnose", facts }),
    condense: (budget) => ask<string>({ method: "condense", budget }),
    lines: (from, to) => ask<readonly NumberedLine[]>({ method: "lines", from, to }),
    lineCount: () => ask<number>({ method: "lineCount" }),
    close: async () => (alive() ? ask<void>({ method: "close" }) : undefined),
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function wordsFor(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? "it needed too much memory" : "its thread failed";
}

/** Whoever waits for an answer comes before a log that is read. Only Linux has a priority of the thread alone. */
function giveWay(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(niceness);
  } catch {
    // A sandbox may forbid it: then the log is read at the same priority.
  }
}

/** The other side: runs in the worker thread. */
function serve(port: MessagePort, redactorConfig: RedactorConfig): void {
  const redactor = createRedactor(redactorConfig);
  const sessions = new Map<number, LogSession>();
  const waiting = new Map<string, (message: Extract<ToWorker, { kind: "bytes" }>) => void>();
  const post = (message: FromWorker): void => port.postMessage(message);

  function need(call: number, log: number): Promise<Extract<ToWorker, { kind: "bytes" }>> {
    const answer = new Promise<Extract<ToWorker, { kind: "bytes" }>>((resolve) =>
      waiting.set(`${call}:${log}`, resolve),
    );
    post({ kind: "need", call, log });
    return answer;
  }

  /** Asks for the next bytes before these are read, so that it need not wait for them. */
  async function* bytesOf(call: number, log: number): AsyncGenerator<Uint8Array> {
    try {
      for (let next = need(call, log); ; ) {
        const { bytes, failure } = await next;
        if (failure !== null) throw new SourceFailure(failure);
        if (bytes === null) return;
        next = need(call, log);
        yield bytes;
      }
    } finally {
      waiting.delete(`${call}:${log}`);
    }
  }

  async function perform(message: Exclude<ToWorker, { kind: "bytes" | "waiting?" }>): Promise<unknown> {
    if (message.kind === "call") return answerCall(message.session, message.request);
    const inputs: LogInput[] = message.logs.map((head, log) => ({ ...head, bytes: bytesOf(message.call, log) }));
    sessions.set(message.call, await openSession(inputs, redactor, diagnose));
    return message.call;
  }

  async function answerCall(id: number, request: SessionCall): Promise<unknown> {
    const session = sessions.get(id);
    if (session === undefined) throw new Error("The log is not open any more.");
    switch (request.method) {
      case "jobRunCandidates":
        return session.jobRunCandidates(request.facts);
      case "diagnose":
        return session.diagnose(request.facts);
      case "condense":
        return session.condense(request.budget);
      case "lines":
        return session.lines(request.from, request.to);
      case "lineCount":
        return session.lineCount();
      case "close":
        sessions.delete(id);
        return session.close();
    }
  }

  port.on("message", (message: ToWorker) => {
    if (message.kind === "bytes") {
      const key = `${message.call}:${message.log}`;
      const take = waiting.get(key);
      waiting.delete(key);
      take?.(message);
      return;
    }
    if (message.kind === "waiting?") {
      post({ kind: "waiting", call: message.call });
      return;
    }
    perform(message).then(
      (value) => post({ kind: "done", call: message.call, value }),
      (error: unknown) => post({ kind: "failed", call: message.call, error: carryError(error) }),
    );
  });
}

if (!isMainThread && parentPort !== null && isOurs(workerData)) {
  giveWay();
  serve(parentPort, workerData.redactor);
}

function isOurs(data: unknown): data is { readonly role: string; readonly redactor: RedactorConfig } {
  return typeof data === "object" && data !== null && "role" in data && data.role === role && "redactor" in data;
}
