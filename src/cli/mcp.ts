import { tmpdir, userInfo } from "node:os";
import { holdForMcp } from "../compose/mcp-holding.js";
import { configuredSecrets } from "../compose/secrets.js";
import { systemClock } from "../compose/system-clock.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { runMcpCommand } from "../mcp/run-mcp-command.js";
import { createLogger } from "../telemetry/log.js";
import { createRedactor } from "../telemetry/redact.js";
import { exitCodes } from "./io.js";
import { packageVersion } from "./version.js";

/** `mcp`: serves MCP on stdio until stdin ends; stdout carries protocol only. */
export async function mcpCommand(): Promise<number> {
  const config = loadConfig(processEnv());
  const redactor = createRedactor({ configuredSecrets: configuredSecrets(config) });
  const logger = createLogger({ level: config.logLevel, redact: (text) => redactor.redact(text) });
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  const deps = { clock: systemClock, logger, version: packageVersion(), localUser: userInfo().username };
  await runMcpCommand({
    dataDir: config.dataDir,
    shortDir: tmpdir(),
    stdin: process.stdin,
    stdout: process.stdout,
    becomeHolder: () => holdForMcp(config, deps),
    clock: systemClock,
    logger,
    stop: stop.signal,
  });
  return exitCodes.done;
}
