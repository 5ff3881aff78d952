import { purgePerson } from "../compose/purge.js";
import { configuredSecrets } from "../compose/secrets.js";
import { systemClock } from "../compose/system-clock.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { InputError } from "../core/errors.js";
import { createLogger } from "../telemetry/log.js";
import { createRedactor } from "../telemetry/redact.js";
import { type CliIo, exitCodes } from "./io.js";

const personPattern = /^(slack|teams|console|cli|mcp):\S{1,120}$/;

/** `purge --person`: the audit keeps what was done, by an alias that stands for nobody any more. */
export async function purgeCommand(options: { readonly person: string }, io: CliIo): Promise<number> {
  if (!personPattern.test(options.person)) {
    throw new InputError(
      `${JSON.stringify(options.person.slice(0, 80))} is no person's id.`,
      "Write it as the platform has it, like slack:U02BOB.",
    );
  }
  const config = loadConfig(processEnv());
  const redactor = createRedactor({ configuredSecrets: configuredSecrets(config) });
  const logger = createLogger({ level: "warn", redact: (text) => redactor.redact(text) });
  const { rows, alias } = await purgePerson(options.person, config, { clock: systemClock, logger });
  io.out.write(
    rows === 0
      ? `${options.person} was not known here; nothing was changed.\n`
      : `${options.person} was taken out of ${rows} ${rows === 1 ? "row" : "rows"}; the audit says ${alias}.\n` +
          "Messages that stand in the chat itself, the process's log and backups are not reached from here.\n",
  );
  return exitCodes.done;
}
