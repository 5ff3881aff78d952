import { userInfo } from "node:os";
import { askAtDesk, type DeskAnswer } from "../compose/desk.js";
import { configuredSecrets } from "../compose/secrets.js";
import { systemClock } from "../compose/system-clock.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { InputError } from "../core/errors.js";
import type { DeskRequest, DeskRow } from "../flows/approvals-desk.js";
import { createLogger } from "../telemetry/log.js";
import { createRedactor } from "../telemetry/redact.js";
import { type CliIo, exitCodes } from "./io.js";
import { packageVersion } from "./version.js";

export interface ApprovalsOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly reason?: string;
  readonly breakGlass?: boolean;
}

export type ApprovalsVerb = "list" | "show" | "approve" | "deny";

/** `approvals`: exit 0 when it was shown or decided, 1 when it was refused, 2 when there is no such approval. */
export async function approvalsCommand(
  verb: ApprovalsVerb,
  id: string,
  options: ApprovalsOptions,
  io: CliIo,
): Promise<number> {
  const request = requestOf(verb, id, options);
  const config = loadConfig(processEnv());
  const redactor = createRedactor({ configuredSecrets: configuredSecrets(config) });
  const logger = createLogger({ level: "warn", redact: (text) => redactor.redact(text) });
  const answer = await askAtDesk(config, request, {
    clock: systemClock,
    logger,
    version: packageVersion(),
    localUser: userInfo().username,
  });
  return options.json === true ? printJson(request, answer, io) : print(answer, io);
}

function requestOf(verb: ApprovalsVerb, id: string, options: ApprovalsOptions): DeskRequest {
  if (verb === "list") return { do: "list", all: options.all === true };
  if (verb === "show") return { do: "show", id };
  const reason = options.reason?.trim() ?? "";
  if (reason.length > mostReason) {
    throw new InputError(`The reason has more than ${mostReason} characters; nothing was decided.`, "Shorten it.");
  }
  const verdict = verb === "approve" ? "approved" : "denied";
  if (options.breakGlass === true && reason === "") {
    throw new InputError(
      "Breaking the glass needs a reason; nothing was decided.",
      'Give it with --reason "…": it is announced, kept and reviewed.',
    );
  }
  return {
    do: "decide",
    id,
    verdict,
    reason: reason === "" ? null : reason,
    user: userInfo().username,
    // A holder of an older version knows no such word.
    ...(options.breakGlass === true ? { breakGlass: true } : {}),
  };
}

const mostReason = 1000;

function printJson(request: DeskRequest, { reply, isRunning }: DeskAnswer, io: CliIo): number {
  const line = (value: object): void => void io.out.write(`${JSON.stringify({ schemaVersion: 1, ...value })}\n`);
  switch (reply.kind) {
    case "rows":
      line(request.do === "list" ? { approvals: reply.rows } : { approval: reply.rows[0] ?? null });
      return exitCodes.done;
    case "decided":
      line({ decided: true, message: null, botIsRunning: isRunning, approval: reply.row });
      return exitCodes.done;
    case "refused":
      line({ decided: false, message: reply.message, botIsRunning: isRunning, approval: reply.row });
      return exitCodes.problem;
    case "unknown":
      line({ decided: false, message: reply.message, botIsRunning: isRunning, approval: null });
      return exitCodes.badInput;
  }
}

function print({ reply, isRunning }: DeskAnswer, io: CliIo): number {
  switch (reply.kind) {
    case "rows":
      io.out.write(reply.rows.length === 0 ? "Nothing waits for a decision.\n" : reply.rows.map(describe).join("\n"));
      return exitCodes.done;
    case "decided": {
      io.out.write(describe(reply.row));
      const waits = reply.row.state === "approved" && !isRunning;
      if (waits)
        io.err.write(
          "No Pipewright runs on this data folder: the next `pipewright start` on its store carries this out.\n",
        );
      return exitCodes.done;
    }
    case "refused":
    case "unknown":
      io.err.write(`pipewright: ${reply.message}\n`);
      return reply.kind === "unknown" ? exitCodes.badInput : exitCodes.problem;
  }
}

function describe(row: DeskRow): string {
  const lines = [
    `${row.id}  ${row.state}${row.simulated ? "  SIMULATED" : ""}  ${row.title} on ${row.connection}  (${row.incident})`,
    `  plan:      ${row.plan}`,
    `  will run:  ${row.willRun.join(", ")}`,
    row.why === "" ? null : `  why:       ${row.why}`,
    row.risk === null ? null : `  risk:      ${row.risk}`,
    row.guards.length === 0 ? null : `  guards:    ${row.guards.join("; ")}`,
    `  asked by:  ${row.askedBy.length === 0 ? "the alert" : row.askedBy.join(", ")}`,
    row.state === "pending" ? `  may decide: ${row.mayDecide.join(", ") || "nobody"}; until ${row.expires}` : null,
    ...row.decisions.map(
      ({ verdict, by, at, reason }) => `  ${verdict} by ${by} at ${at}${reason === null ? "" : `: ${reason}`}`,
    ),
    row.execution === null ? null : `  execution: ${row.execution}${row.outcome === null ? "" : `; ${row.outcome}`}`,
    `  digest:    ${row.digest}`,
  ];
  return `${lines
    .filter((line) => line !== null)
    .map(printable)
    .join("\n")}\n`;
}

/** Names and reasons come from outside: no terminal is driven by them. */
function printable(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, " ");
}
