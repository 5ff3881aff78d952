import { Command, CommanderError } from "commander";
import { explainError, InputError, PipewrightError } from "../core/errors.js";
import type { ApprovalsOptions, ApprovalsVerb } from "./approvals.js";
import type { AuditVerifyOptions } from "./audit.js";
import type { AuditExportOptions } from "./audit-export.js";
import type { DiagnoseOptions } from "./diagnose.js";
import { type CliIo, exitCodes, processIo } from "./io.js";
import type { PolicyExplainOptions } from "./policy-explain.js";
import { packageVersion } from "./version.js";

/** Runs one command line; returns the exit code. Commands are loaded when they are used: `condense` needs no chat SDK. */
export async function runCli(argv: readonly string[], io: CliIo = processIo): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = buildProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error, io);
  }
}

function report(error: unknown, io: CliIo): number {
  // Commander has already said what it wants; --help and --version end this way too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  io.err.write(`pipewright: ${explainError(error)}\n`);
  if (!(error instanceof PipewrightError) && error instanceof Error)
    io.err.write(`(${error.name}: ${firstLine(error.message)})\n`);
  return error instanceof InputError ? exitCodes.badInput : exitCodes.problem;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

type SetExit = (code: number) => void;

function buildProgram(io: CliIo, exit: SetExit): Command {
  const program = new Command("pipewright")
    .description("Root-cause analysis and guarded reruns for Airflow and Databricks")
    .version(packageVersion())
    .exitOverride()
    .configureOutput({ writeOut: (text) => void io.out.write(text), writeErr: (text) => void io.err.write(text) });

  program
    .command("start")
    .description("the bot with everything configured; with nothing configured, the sandbox and the console")
    .action(async () => {
      const { startCommand } = await import("./start.js");
      exit(await startCommand(io));
    });

  program
    .command("mcp")
    .description("MCP server on stdio; PIPEWRIGHT_SANDBOX=1 serves the sandbox")
    .option("--http", "over Streamable HTTP at /mcp of PIPEWRIGHT_CONSOLE_PORT, for the tokens of the YAML")
    .action(async ({ http }: { http?: boolean }) => {
      if (http === true) {
        const { mcpHttpCommand } = await import("./mcp-http.js");
        return exit(await mcpHttpCommand(io));
      }
      const { mcpCommand } = await import("./mcp.js");
      exit(await mcpCommand());
    });

  program
    .command("diagnose")
    .description("one failure from files, offline: no network, no credentials, no model key")
    .option("--log <file>", "a task log in any form, a Spark driver log, or any text")
    .option("--run <file>", "a Databricks Jobs 2.2 runs/get body")
    .option("--run-output <file>", "a Databricks Jobs 2.2 runs/get-output body")
    .option("--task-instance <file>", "an Airflow task instance body")
    .option("--case <dir>", "a folder with the files of one failure")
    .option("--batch <dir>", "a folder with one case a sub-folder; needs --json")
    .option("--json", "one JSON object (one a line with --batch)")
    .action(async (options: DiagnoseOptions) => {
      const [{ diagnoseCommand }, { offlineTools }] = await Promise.all([
        import("./diagnose.js"),
        import("./offline.js"),
      ]);
      exit(await diagnoseCommand(options, offlineTools(), io));
    });

  program
    .command("condense")
    .description("the evidence of a log, as a model would be shown it")
    .requiredOption("--log <file>", "a log in any form")
    .requiredOption("--budget <tokens>", "at most so many o200k tokens", wholeNumber)
    .action(async (options: { log: string; budget: number }) => {
      const [{ condenseCommand }, { offlineTools }] = await Promise.all([
        import("./condense.js"),
        import("./offline.js"),
      ]);
      exit(await condenseCommand(options, offlineTools(), io));
    });

  program
    .command("eval")
    .description("diagnoses a folder of labelled cases and prints accuracy, coverage and confident-wrong, per category")
    .argument("<dir>", "one folder a case, with case.json beside the inputs")
    .option("--json", "the figures as JSON")
    .action(async (dir: string, options: { json?: boolean }) => {
      const [{ evalCommand }, { offlineTools }] = await Promise.all([import("./eval.js"), import("./offline.js")]);
      exit(await evalCommand(dir, options, offlineTools(), io));
    });

  program
    .command("doctor")
    .description("checks configuration, connections, scopes, permissions and store; exit 1 with what to fix")
    .action(async () => {
      const { doctorCommand } = await import("./doctor.js");
      exit(await doctorCommand(io));
    });

  addApprovals(program, io, exit);

  const audit = program.command("audit").description("what was decided and done, as a chain that shows every edit");
  audit
    .command("verify")
    .description("re-computes the audit chain; exit 1 and the first broken entry")
    .option("--anchor <entry:code...>", "heads noted outside, from `audit anchor` lines of the log")
    .option("--json", "the result as one JSON object")
    .action(async (options: AuditVerifyOptions) => {
      const { auditVerifyCommand } = await import("./audit.js");
      exit(await auditVerifyCommand(options, io));
    });
  audit
    .command("export")
    .description("the entries of one incident, DAG, person or period")
    .option("--incident <id>", "of one incident")
    .option("--dag <id>", "of one DAG")
    .option("--person <id>", "of one person, as slack:U02BOB or an alias")
    .option("--from <date>", "not before this moment")
    .option("--to <date>", "before this moment")
    .option("--format <format>", "csv or json", "csv")
    .option("--names", "who the actors are, where they were not purged")
    .action(async (options: AuditExportOptions) => {
      const { auditExportCommand } = await import("./audit-export.js");
      exit(await auditExportCommand(options, io));
    });

  program
    .command("policy")
    .description("who may approve what, and why")
    .command("explain")
    .description("which rules of the policy speak of a failure, and which won for each guard")
    .argument("[incident]", "an incident's id, instead of --dag")
    .option("--dag <id>", "the DAG; without it, a Databricks job that no DAG owns")
    .option("--connection <name>", "like airflow:prod; may be left out where there is only one")
    .option("--task <id>", "the task that failed")
    .option("--category <name>", "the cause's category, like network_transient")
    .option("--tag <tag...>", "the DAG's tags")
    .option("--at <time>", "at this moment instead of now, like 2026-12-24T18:30:00+01:00")
    .option("--person <id>", "whether this person may approve, like slack:U02BOB")
    .option("--json", "one JSON object")
    .action(async (incident: string | undefined, options: PolicyExplainOptions) => {
      const { policyExplainCommand } = await import("./policy-explain.js");
      exit(await policyExplainCommand(incident ?? null, options, io));
    });

  program
    .command("transcript")
    .description("all that left for Claude in an incident, and what it said")
    .argument("<incident>", "the incident's id")
    .action(async (incident: string) => {
      const { transcriptCommand } = await import("./transcript.js");
      exit(await transcriptCommand(incident, io));
    });
  program
    .command("purge")
    .description("takes a person out of everything that is kept; the bot must be stopped")
    .requiredOption("--person <id>", "as the platform has it, like slack:U02BOB")
    .action(async (options: { person: string }) => {
      const { purgeCommand } = await import("./purge.js");
      exit(await purgeCommand(options, io));
    });

  return program;
}

function addApprovals(program: Command, io: CliIo, exit: SetExit): void {
  const approvals = program
    .command("approvals")
    .description("the approvals desk for a machine without chat; you decide as your operating-system user");
  const run = async (verb: ApprovalsVerb, id: string, options: ApprovalsOptions): Promise<void> => {
    const { approvalsCommand } = await import("./approvals.js");
    exit(await approvalsCommand(verb, id, options, io));
  };
  approvals
    .command("list")
    .description("what waits for a decision or is being carried out")
    .option("--all", "also what is over, the newest 100")
    .option("--json", "one JSON object")
    .action((options: ApprovalsOptions) => run("list", "", options));
  approvals
    .command("show")
    .description("one approval: its plan, who asked, who may decide, what came of it")
    .argument("<id>", "as the list shows it")
    .option("--json", "one JSON object")
    .action((id: string, options: ApprovalsOptions) => run("show", id, options));
  for (const verb of ["approve", "deny"] as const) {
    const command = approvals
      .command(verb)
      .description(`${verb} a plan; works only for cli:<user> named among the approvers`)
      .argument("<id>", "as the list shows it")
      .option("--reason <words>", "kept with the decision")
      .option("--json", "one JSON object")
      .action((id: string, options: ApprovalsOptions) => run(verb, id, options));
    if (verb === "approve") {
      command.option("--break-glass", "alone, over quorum, four eyes and freeze: its own role, announced and reviewed");
    }
  }
}

/** What is no number becomes NaN, which the command refuses in words. */
function wholeNumber(raw: string): number {
  return /^\d{1,9}$/.test(raw) ? Number(raw) : Number.NaN;
}
