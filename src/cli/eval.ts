import { basename, join, resolve } from "node:path";
import { explainError, InputError } from "../core/errors.js";
import type { Verdict } from "../core/verdict.js";
import { type CaseFiles, readCaseFolder } from "./case-folder.js";
import { caseIds, type OfflineTools } from "./diagnose.js";
import { diagnoseCase } from "./diagnose-case.js";
import { type Figure, type Figures, figuresOf, isHealthyCase, isRight, type Scored } from "./eval-figures.js";
import { readLabel } from "./eval-label.js";
import { type CliIo, exitCodes } from "./io.js";

export interface EvalOptions {
  readonly json?: boolean;
}

/** `eval DIR`: diagnoses every labelled folder and prints the figures; exit 2 when there is no labelled case. */
export async function evalCommand(dir: string, options: EvalOptions, tools: OfflineTools, io: CliIo): Promise<number> {
  try {
    const scored = await scoreFolder(dir, tools, io);
    const figures = figuresOf(scored);
    io.out.write(
      options.json === true ? `${JSON.stringify({ ...figures, wrong: wrongOf(scored) })}\n` : report(figures, scored),
    );
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err.write(`pipewright: ${explainError(error)}\n`);
    return exitCodes.badInput;
  }
}

/** Every labelled case of a folder, diagnosed. */
export async function scoreFolder(dir: string, tools: OfflineTools, io: CliIo): Promise<readonly Scored[]> {
  const scored: Scored[] = [];
  const source = basename(resolve(dir));
  for (const id of await caseIds(dir)) {
    const label = await readLabel(join(dir, id, "case.json"));
    if (label === null) continue;
    let verdict: Verdict | null = null;
    let citations = { right: 0, of: 0 };
    try {
      verdict = await diagnoseCase(await readCaseFolder(join(dir, id), tools.redactor), tools.analyzer);
      citations = await checkCitations(verdict, await readCaseFolder(join(dir, id), tools.redactor), tools);
    } catch (error) {
      io.err.write(`${id}: ${explainError(error)}\n`);
    }
    scored.push({ id, source, label, verdict, citations });
  }
  if (scored.length > 0) return scored;
  throw new InputError(`${dir} holds no labelled case.`, "Give a folder whose sub-folders hold a case.json each.");
}

/** Reads each cited line of the failing log again and compares. */
async function checkCitations(
  verdict: Verdict,
  files: CaseFiles,
  tools: OfflineTools,
): Promise<{ right: number; of: number }> {
  const cited = verdict.evidence.filter((quote) => quote.source === "log" && quote.line !== null);
  if (cited.length === 0) return { right: 0, of: 0 };
  const session = await tools.analyzer.open(files.logs);
  try {
    let right = 0;
    for (const { line, text } of cited) {
      const real = (await session.lines(line ?? 0, line ?? 0))[0]?.text ?? "";
      if (text.split("…").every((part) => real.includes(part))) right += 1;
    }
    return { right, of: cited.length };
  } finally {
    await session.close();
  }
}

function wrongOf(scored: readonly Scored[]): readonly Readonly<Record<string, unknown>>[] {
  return scored
    .filter((one) =>
      isHealthyCase(one) ? one.verdict?.outcome === "diagnosed" : one.verdict?.outcome === "diagnosed" && !isRight(one),
    )
    .map((one) => ({
      id: one.id,
      wanted: one.label.category,
      got: one.verdict?.category,
      signature: one.verdict?.signature,
      confidence: one.verdict?.confidence,
    }));
}

function report(figures: Figures, scored: readonly Scored[]): string {
  const rows: readonly (readonly [string, Figure])[] = [
    ["coverage", figures.coverage],
    ["rightly silent", figures.rightlySilent],
    ["right of answered", figures.accuracyOfAnswered],
    ["confident of answered", figures.confident],
    ["right of confident", figures.confidentPrecision],
    ["confident and wrong", figures.confidentWrong],
    ["root line quoted", figures.rootLineQuoted],
    ["cited lines real", figures.citedLinesReal],
    ["run ids exact", figures.runIdsExact],
    ["rerun advice right", figures.rerunAdvice],
    ["false alarms", figures.falseAlarms],
  ];
  const lines = [`${figures.cases} cases, ${figures.errors} unreadable`];
  for (const [name, value] of rows) lines.push(`${name.padEnd(24)} ${inWords(value)}`);
  lines.push("", "category                 answered               right");
  for (const [name, { answered, right }] of Object.entries(figures.byCategory)) {
    lines.push(`${name.padEnd(24)} ${`${answered.k} of ${answered.n}`.padEnd(22)} ${inWords(right)}`);
  }
  lines.push("", "confidence               right");
  for (const [band, value] of Object.entries(figures.reliability)) lines.push(`${band.padEnd(24)} ${inWords(value)}`);
  const wrong = wrongOf(scored);
  if (wrong.length > 0) lines.push("", "wrong:");
  for (const one of wrong)
    lines.push(
      `  ${String(one["id"])}: ${String(one["got"])} (${String(one["signature"])}), wanted ${String(one["wanted"])}`,
    );
  return `${lines.join("\n")}\n`;
}

function inWords({ k, n, interval }: Figure): string {
  if (interval === null) return `${k} of ${n}`;
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  return `${k} of ${n} = ${percent(k / n)} (${percent(interval[0])} to ${percent(interval[1])})`;
}
