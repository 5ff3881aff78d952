import { InputError } from "../core/errors.js";
import type { Evidence } from "../core/evidence.js";
import type { LogAnalyzer, LogInput, LogSession } from "../core/ports.js";
import type { Verdict } from "../core/verdict.js";
import { textsIn } from "./case-bodies.js";
import { databricksFacts } from "./case-databricks.js";
import { airflowFacts, withDatabricks } from "./case-facts.js";
import type { CaseFiles } from "./case-folder.js";

/** The verdict about the files of one failure. Throws InputError when no log can be read and nothing else is there. */
export async function diagnoseCase(files: CaseFiles, analyzer: LogAnalyzer): Promise<Verdict> {
  const { session, warnings } = await openReadable(files, analyzer);
  try {
    const airflow = airflowFacts(files.bodies);
    const candidates = await session.jobRunCandidates(airflow.facts);
    const facts = withDatabricks(airflow.facts, databricksFacts(files.bodies, candidates));
    const verdict = await session.diagnose(facts);
    return {
      ...verdict,
      evidence: verdict.evidence.map((quote) => ({ ...quote, source: sourceOf(quote, files) })),
      redactions: verdict.redactions + files.bodies.redactions,
      warnings: [...new Set([...warnings, ...files.warnings, ...airflow.warnings, ...verdict.warnings])],
    };
  } finally {
    await session.close();
  }
}

/** A log that can't be read beside other input is a warning; alone it is the caller's error. */
async function openReadable(
  files: CaseFiles,
  analyzer: LogAnalyzer,
): Promise<{ session: LogSession; warnings: readonly string[] }> {
  const [failing, ...others] = files.logs;
  try {
    const session = await analyzer.open(files.logs);
    const lines = failing === undefined ? 1 : await session.lineCount();
    const alone = files.bodies.byName.size === 0 && others.length === 0;
    if (lines > 0) return { session, warnings: [] };
    if (!alone) return { session, warnings: [`${failing?.name ?? "The log"} is empty.`] };
    await session.close();
    throw new InputError(`${failing?.name ?? "The log"} is empty.`, "Give a log with text in it, or a run beside it.");
  } catch (error) {
    if (!(error instanceof InputError) || (files.bodies.byName.size === 0 && others.length === 0)) throw error;
    const readable = await readableOf(files.logs, analyzer);
    if (readable.length === 0 && files.bodies.byName.size === 0) throw error;
    return { session: await analyzer.open(readable), warnings: [`${error.message} It was left out.`] };
  }
}

async function readableOf(logs: readonly LogInput[], analyzer: LogAnalyzer): Promise<readonly LogInput[]> {
  const readable: LogInput[] = [];
  for (const log of logs) {
    try {
      await (await analyzer.open([log])).close();
      readable.push(log);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return readable;
}

/** Which body holds the quoted line: the engine knows kinds of bodies, a folder has several of a kind. */
const alsoIn: Readonly<Record<string, readonly string[]>> = {
  run_output: ["run_output", "inner_run_output", "databricks_responses", "run"],
  run: ["run", "inner_run", "run_output", "databricks_responses"],
  pipeline_events: ["pipeline_events", "databricks_responses"],
  task_instances: ["task_instances", "task_instance"],
};

function sourceOf(quote: Evidence, files: CaseFiles): string {
  const places = alsoIn[quote.source];
  if (places === undefined) return quote.source;
  const part = quote.text.split("…").toSorted((one, other) => other.length - one.length)[0] ?? quote.text;
  const holds = (name: string): boolean => {
    const body = files.bodies.byName.get(name);
    return body !== undefined && textsIn(body).some((text) => withoutColours(text).includes(part));
  };
  return places.find(holds) ?? quote.source;
}

const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

function withoutColours(text: string): string {
  return text.replaceAll(colours, "");
}
