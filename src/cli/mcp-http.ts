import { tmpdir, userInfo } from "node:os";
import { serveMcpAlone } from "../compose/mcp-http-alone.js";
import { configuredSecrets } from "../compose/secrets.js";
import { systemClock } from "../compose/system-clock.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { createLogger } from "../telemetry/log.js";
import { createRedactor } from "../telemetry/redact.js";
import { type CliIo, exitCodes } from "./io.js";
import { packageVersion } from "./version.js";

/** `mcp --http`: serves MCP over Streamable HTTP until SIGTERM, SIGINT, or a bot that takes the data folder over. */
export async function mcpHttpCommand(io: CliIo): Promise<number> {
  const config = loadConfig(processEnv());
  const redactor = createRedactor({ configuredSecrets: configuredSecrets(config) });
  const logger = createLogger({ level: config.logLevel, redact: (text) => redactor.redact(text) });
  let end: (why: "signal" | "left") => void = () => undefined;
  const ended = new Promise<"signal" | "left">((resolve) => {
    end = resolve;
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => end("signal"));
  const served = await serveMcpAlone(
    config,
    {
      clock: systemClock,
      logger,
      version: packageVersion(),
      shortDir: tmpdir(),
      localUser: userInfo().username,
    },
    () => end("left"),
  );
  io.out.write(`MCP is served at ${served.url}\n`);
  const why = await ended;
  await served.stop();
  if (why === "left") io.err.write("A bot took the data folder over; it serves MCP now.\n");
  return exitCodes.done;
}
