import { operatorOf, type SensorWork, type TaskContext, type TryContext } from "../pipelines/pipeline.js";
import { plan } from "../world/agenda.js";
import { paced, type Sim, taskInstanceById, taskOf } from "../world/sim.js";
import type { PythonException, TaskInstanceState } from "../world/state.js";
import type { Write } from "./log-record.js";

const FIRST_POKE_MS = 500;
const FOUND_MS = 120;
const SENSOR = "site-packages/airflow/providers/amazon/aws/sensors/s3.py";
const CONNECTION_WRAPPER = "airflow.providers.amazon.aws.utils.connection_wrapper.AwsConnectionWrapper";

export function startPoking(sim: Sim, task: TaskInstanceState): void {
  const at = sim.world.now + paced(sim, FIRST_POKE_MS);
  plan(sim.world, at, { kind: "poke", taskInstance: task.id, tryNumber: task.tryNumber });
}

/** One look: ends the try when the object is there or the time is up, else looks again after the interval. */
export function poke(sim: Sim, id: string, tryNumber: number): void {
  const found = taskInstanceById(sim, id);
  if (found === null || found.task.state !== "running" || found.task.tryNumber !== tryNumber) return;
  const { run, task } = found;
  const work = taskOf(sim, run.dagId, task.taskId)?.work;
  if (work?.kind !== "sensor") return;
  const { world } = sim;
  if (work.arrived({ world, run, task })) {
    plan(world, world.now + paced(sim, FOUND_MS), { kind: "end-task", taskInstance: id, tryNumber });
  } else if (waitedMs(sim, task.startedAt ?? world.now, world.now) > work.timeoutSeconds * 1_000) {
    plan(world, world.now, { kind: "end-task", taskInstance: id, tryNumber });
  } else {
    plan(world, world.now + paced(sim, work.pokeSeconds * 1_000), { kind: "poke", taskInstance: id, tryNumber });
  }
}

/** The sensor's own count begins a moment before its first look. */
function waitedMs(sim: Sim, startedAt: number, now: number): number {
  return (now - startedAt - paced(sim, FIRST_POKE_MS)) * sim.speed + 2;
}

/** What the sensor of task SDK 1.3 raises when it gave up; null when the object was there. */
export function sensorFailure(sim: Sim, work: SensorWork, context: TryContext): PythonException | null {
  if (work.arrived(context)) return null;
  const { attempt } = context;
  // Python prints all digits of its monotonic clock.
  const waited = `${(waitedMs(sim, attempt.startedAt, sim.world.now) / 1_000).toFixed(3)}${attempt.pid}`;
  return {
    type: "AirflowSensorTimeout",
    message: `Sensor has timed out; run duration of ${waited} seconds exceeds the specified timeout of ${work.timeoutSeconds.toFixed(1)}.`,
    frames: [
      { file: SENSOR, line: 195, name: "execute" },
      { file: "site-packages/airflow/sdk/bases/operator.py", line: 462, name: "wrapper" },
      { file: "site-packages/airflow/sdk/bases/sensor.py", line: 243, name: "execute" },
    ],
  };
}

/** What the S3 sensor of provider 9.39 prints while it looks. */
export function writeSensorLines(sim: Sim, work: SensorWork, context: TryContext, write: Write): void {
  const { attempt } = context;
  const { operator, module } = operatorOf(work);
  const logger = `airflow.task.operators.${module}.${operator}`;
  const first = attempt.startedAt + paced(sim, FIRST_POKE_MS);
  const end = Math.min(attempt.endedAt ?? Number.POSITIVE_INFINITY, sim.world.now);
  const event = `Poking for key : ${objectUrl(work, context)}`;
  for (let at = first; at <= end; at += paced(sim, work.pokeSeconds * 1_000)) {
    write(at, event, { logger, filename: "s3.py", lineno: 111 });
    if (at > first) continue;
    write(
      at + 3,
      `AWS Connection (conn_id='${work.connectionId}', conn_type='aws') credentials retrieved from login and password.`,
      { logger: CONNECTION_WRAPPER, filename: "connection_wrapper.py", lineno: 331 },
    );
  }
  if (attempt.endedAt !== null && attempt.failure === null && !attempt.killed) {
    write(attempt.endedAt - 20, "Success criteria met. Exiting.", { logger, filename: "sensor.py", lineno: 250 });
  }
}

function objectUrl(work: SensorWork, context: TaskContext): string {
  return `s3://${work.bucket}/${work.key(context)}`;
}
