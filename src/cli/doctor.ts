import { createSlackAdapter } from "../../adapters/slack/index.js";
import { openConnections } from "../compose/connections.js";
import { tryLock } from "../compose/hold.js";
import { startSandbox } from "../compose/sandbox.js";
import { configuredSecrets } from "../compose/secrets.js";
import { inspectDatabase } from "../compose/store.js";
import { systemClock } from "../compose/system-clock.js";
import type { Config } from "../config/config.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { explainError } from "../core/errors.js";
import { checkInstallation } from "../flows/check-installation.js";
import { checkMcp } from "../flows/check-mcp.js";
import type { Finding } from "../flows/finding.js";
import { consoleChannel } from "../flows/reading.js";
import { createLogger } from "../telemetry/log.js";
import { createRedactor } from "../telemetry/redact.js";
import { type CliIo, exitCodes } from "./io.js";

const marks: Readonly<Record<Finding["level"], string>> = { ok: "ok  ", note: "note", fix: "FIX " };

/** `doctor`: one line a finding; exit 1 when something needs somebody. */
export async function doctorCommand(io: CliIo): Promise<number> {
  const config = loadConfig(processEnv());
  const findings = [await storeFinding(config), ...(await systemFindings(config)), ...checkMcp(config.mcp.tokens)];
  for (const { level, subject, words } of findings) io.out.write(`${marks[level]} ${subject}: ${words}\n`);
  return findings.some(({ level }) => level === "fix") ? exitCodes.problem : exitCodes.done;
}

/** The store can be taken, or a running bot has it: both are well. */
async function storeFinding(config: Config): Promise<Finding> {
  const subject = "store";
  try {
    const lock = await tryLock(config.dataDir, "doctor");
    await lock?.release();
    const folder = lock === null ? "held by a running Pipewright." : "the data folder can be written.";
    const { words, problems } = await inspectDatabase(config, systemClock);
    if (problems.length > 0) return { level: "fix", subject, words: problems.join(" ") };
    return { level: "ok", subject, words: words === null ? folder : `${words}; ${folder}` };
  } catch (error) {
    return { level: "fix", subject, words: explainError(error) };
  }
}

async function systemFindings(wanted: Config): Promise<readonly Finding[]> {
  const sandbox = wanted.mode === "sandbox" ? await startSandbox(wanted, systemClock, { remember: false }) : null;
  const config = sandbox?.config ?? wanted;
  const redactor = createRedactor({ configuredSecrets: configuredSecrets(config) });
  const logger = createLogger({ level: "silent", redact: (text) => redactor.redact(text) });
  const redact = (text: string): string => redactor.redact(text).text;
  const clients = openConnections(config, { clock: systemClock, redact, proxy: config.proxy, logger });
  const slack =
    config.slack === null
      ? null
      : createSlackAdapter({
          config: config.slack,
          clock: systemClock,
          logger,
          proxy: config.proxy,
          readsEmail: config.emailDomains.length > 0,
        });
  try {
    return await checkInstallation({
      connections: clients.connections,
      adapters: slack === null ? [] : [slack],
      people: {
        policy: config.policy,
        canSignIn: config.mode === "sandbox" || config.oidc !== null,
        emailDomains: config.emailDomains,
        reading: config.reading,
        homes: [consoleChannel, ...(config.slack === null ? [] : [`slack:${config.slack.channel}`])],
      },
      notes: config.notes,
    });
  } finally {
    await slack?.stop();
    clients.close();
    await sandbox?.stop();
  }
}
