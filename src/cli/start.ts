import { tmpdir, userInfo } from "node:os";
import { configuredSecrets } from "../compose/secrets.js";
import { systemClock } from "../compose/system-clock.js";
import { startBot } from "../compose.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { createLogger } from "../telemetry/log.js";
import { createRedactor } from "../telemetry/redact.js";
import { type CliIo, exitCodes } from "./io.js";
import { packageVersion } from "./version.js";

/** Platforms give 30 s between SIGTERM and SIGKILL. */
const stopWithinMs = 25_000;

/** `start`: runs until SIGTERM or SIGINT, then drains. */
export async function startCommand(io: CliIo): Promise<number> {
  const config = loadConfig(processEnv());
  const redactor = createRedactor({ configuredSecrets: configuredSecrets(config) });
  const logger = createLogger({ level: config.logLevel, redact: (text) => redactor.redact(text) });
  const stopped = untilSignal();
  const bot = await startBot(config, {
    clock: systemClock,
    logger,
    version: packageVersion(),
    shortDir: tmpdir(),
    localUser: userInfo().username,
  });
  for (const note of bot.notes) io.err.write(`note: ${note}\n`);
  const what = config.mode === "sandbox" ? "the sandbox: simulated Airflow and Databricks" : "your connections";
  io.out.write(`Pipewright is running with ${what}.\nOpen ${bot.consoleUrl}\n`);
  const signal = await stopped;
  logger.info({ signal }, "stopping: running work is finished first");
  await bot.stop(stopWithinMs);
  return exitCodes.done;
}

function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}
