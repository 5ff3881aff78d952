import { auditPlaces } from "../compose/audit.js";
import type { Config } from "../config/config.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { type Anchor, createChainCheck, type Mac } from "../core/audit/chain.js";
import { ConfigError, InputError } from "../core/errors.js";
import { macWith, readKey } from "../store/audit-chain/audit-key.js";
import { readChain, startOfChain } from "../store/audit-chain/chain-folder.js";
import { type CliIo, exitCodes } from "./io.js";

export interface AuditVerifyOptions {
  /** Heads noted outside, `132:9f3a22b1…`. */
  readonly anchor?: readonly string[];
  readonly json?: boolean;
}

const anchorPattern = /^(\d{1,15}):([0-9a-f]{16,64})$/;

/** `audit verify`: computes the chain anew; exit 1 with the first broken entry. It reads only, also beside a running bot. */
export async function auditVerifyCommand(options: AuditVerifyOptions, io: CliIo): Promise<number> {
  const config = loadConfig(processEnv());
  const anchors = (options.anchor ?? []).map(anchorOf);
  const { folder } = auditPlaces(config.dataDir);
  const mac = await auditMac(config);
  if (mac === null) {
    if (anchors.length > 0)
      throw new ConfigError("There is no audit here, but you know an anchor of one.", whichFolder);
    io.out.write(
      options.json ? '{"ok":true,"entries":0,"head":null}\n' : "The audit is empty: nothing was done yet.\n",
    );
    return exitCodes.done;
  }
  const check = createChainCheck(mac, anchors, await startOfChain(folder, mac));
  for await (const line of readChain(folder)) check.take(line);
  const result = check.end();
  if (options.json) io.out.write(`${JSON.stringify(result)}\n`);
  if (!result.ok) {
    if (!options.json) io.out.write(`BROKEN at entry ${result.seq}: it ${result.problem}.\n`);
    io.err.write("Keep the folder as it is, and compare it with a backup and with the anchors in your log.\n");
    return exitCodes.problem;
  }
  if (!options.json) {
    const { head, entries } = result;
    io.out.write(
      `${entries} ${entries === 1 ? "entry" : "entries"}, unbroken. Head ${head.seq}:${head.mac}\n` +
        (anchors.length > 0
          ? `All ${anchors.length} of your anchors fit. What was written after the last one could be cut off unseen.\n`
          : "Give the newest `audit anchor` of your log with --anchor: without one, entries cut off at the end are not seen.\n"),
    );
  }
  return exitCodes.done;
}

const whichFolder = "Check PIPEWRIGHT_DATA_DIR: it must be the folder of the bot.";

/** With the configured key or the one in the data folder; null where no chain was begun. */
export async function auditMac(config: Config): Promise<Mac | null> {
  const key = config.auditKey?.read() ?? (await readKey(auditPlaces(config.dataDir).ownKey));
  return key === null ? null : macWith(key);
}

function anchorOf(text: string): Anchor {
  const [, seq, mac] = anchorPattern.exec(text) ?? [];
  if (seq !== undefined && mac !== undefined) return { seq: Number(seq), mac };
  throw new InputError(
    `${JSON.stringify(text.slice(0, 80))} is no anchor.`,
    "Copy it from an `audit anchor` line of the log, like 132:9f3a22b1c0de4411.",
  );
}
