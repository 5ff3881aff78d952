import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/compose/system-clock.js";
import { createSandbox } from "../../src/sandbox/sandbox.js";
import type { Figure } from "./figure.js";
import { measureOverhead } from "./overhead.js";
import { ours } from "./peers/ours.js";
import { openSession } from "./peers/session.js";
import { startRecordingRelay } from "./recording-relay.js";

const rounds = 40;
/** As fast as a real Airflow answers at its best, on SQLite with nothing to do. */
const airflowMs = 16;
const call = { name: "airflow_get_run", arguments: { dag: "orders_daily" } };

/** P6: a tool call over stdio beside the bare keep-alive HTTP calls that it makes; on a real Airflow: `-- peers`. */
export async function benchToolCall(): Promise<Figure> {
  const dataDir = mkdtempSync(join(tmpdir(), "pipewright-bench-"));
  const sandbox = createSandbox({ seed: "bench", clock: systemClock, liveFailures: false });
  const { airflowUrl, airflow } = await sandbox.start({ host: "127.0.0.1" });
  const relay = await startRecordingRelay(airflowUrl, airflowMs);
  const session = await openSession(ours(dataDir, relay.url, airflow.reader));
  try {
    const { httpCalls, toolMs, bareMs, ratio } = await measureOverhead(relay, () => session.call(call), rounds);
    return {
      name: `${call.name} over its own ${httpCalls} keep-alive HTTP calls, each ${airflowMs} ms and what the simulated Airflow takes`,
      measured: `${ratio.toFixed(2)} x (median ${toolMs.toFixed(1)} ms over ${bareMs.toFixed(1)} ms, n=${rounds}, in turns)`,
      target: "<= 1.15 x",
    };
  } finally {
    await session.close();
    await relay.stop();
    await sandbox.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
