import { stringify } from "csv-stringify/sync";
import { auditPlaces } from "../compose/audit.js";
import { readRows } from "../compose/read-rows.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import type { ChainEntry } from "../core/audit/chain.js";
import { InputError } from "../core/errors.js";
import { readChain } from "../store/audit-chain/chain-folder.js";
import { auditMac } from "./audit.js";
import { type CliIo, exitCodes } from "./io.js";

export interface AuditExportOptions {
  readonly incident?: string;
  readonly dag?: string;
  readonly person?: string;
  readonly from?: string;
  readonly to?: string;
  readonly format: string;
  readonly names?: boolean;
}

const columns = [
  "seq",
  "at",
  "actor",
  "action",
  "connection",
  "dagId",
  "incidentId",
  "proposalId",
  "detail",
  "mac",
] as const;

/** `audit export`: the entries that fit every condition, oldest first, as CSV or JSON. Actors are aliases unless `--names`. */
export async function auditExportCommand(options: AuditExportOptions, io: CliIo): Promise<number> {
  if (options.format !== "csv" && options.format !== "json") {
    throw new InputError(`There is no format ${JSON.stringify(options.format)}.`, "Use --format csv or --format json.");
  }
  const config = loadConfig(processEnv());
  const since = momentOf("--from", options.from);
  const until = momentOf("--to", options.to);
  const people = options.person !== undefined || options.names === true ? await readRows(config, "identities") : [];
  const alias = options.person === undefined ? null : aliasOf(options.person, people);
  const nameOf = new Map(options.names === true ? people.map(({ id, alias: known }) => [known, id]) : []);

  const rows: Omit<ChainEntry, "id">[] = [];
  if ((await auditMac(config)) !== null) {
    for await (const value of readChain(auditPlaces(config.dataDir).folder)) {
      const entry = value as ChainEntry | null;
      if (entry === null || !fits(entry)) continue;
      rows.push({ ...entry, actor: nameOf.get(entry.actor) ?? entry.actor });
    }
  }
  io.out.write(
    options.format === "json"
      ? `${JSON.stringify(
          rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]]))),
          null,
          1,
        )}\n`
      : // A cell that begins like a formula would be run by a spreadsheet.
        stringify(rows, { header: true, columns: [...columns], escape_formulas: true }),
  );
  return exitCodes.done;

  function fits(entry: ChainEntry): boolean {
    if (options.incident !== undefined && entry.incidentId !== options.incident) return false;
    if (options.dag !== undefined && entry.dagId !== options.dag) return false;
    if (alias !== null && entry.actor !== alias) return false;
    const at = Date.parse(entry.at);
    return (since === null || at >= since) && (until === null || at < until);
  }
}

function aliasOf(person: string, people: readonly { readonly id: string; readonly alias: string }[]): string {
  if (person.startsWith("per_")) return person;
  const known = people.find(({ id }) => id === person);
  if (known !== undefined) return known.alias;
  throw new InputError(
    `Nobody called ${JSON.stringify(person.slice(0, 80))} is known to the audit.`,
    "Write the id as the platform has it, like slack:U02BOB; who was purged can be asked for by alias only.",
  );
}

function momentOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw new InputError(
    `${option} ${JSON.stringify(text.slice(0, 40))} is no date.`,
    "Write it like 2026-03-01 or 2026-03-01T08:00:00Z.",
  );
}
