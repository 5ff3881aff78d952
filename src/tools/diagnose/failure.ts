import { z } from "zod";
import type { Evidence } from "../../core/evidence.js";
import { type Failure, failureTitle } from "../../core/failure.js";
import type { Verdict } from "../../core/verdict.js";
import { defineTool } from "../define-tool.js";
import { connection, evidence, links, mapIndex, strings, tryNumber } from "../fields.js";
import { type Diagnosis, diagnoseTarget } from "../gathering/diagnose-target.js";
import { cutText } from "../lookup/cut-text.js";
import { type FoundFailure, findFailure } from "../lookup/find-failure.js";
import { incidentOf } from "../lookup/find-incident.js";
import type { ToolPorts } from "../ports.js";

/** By default an answer costs a model at most about 600 tokens. */
const shortQuote = 240;
const shortQuotes = 600;
const mostQuotes = 4;
const shortList = 8;
const leastTelling = 20;
const shortWarnings = 2;

const id = z.string().min(1).max(250).optional();
const input = z.strictObject({
  what: z.string().max(2000).optional().describe("pasted address, incident id or words"),
  dag: id,
  run: id,
  task: id,
  mapIndex,
  try: tryNumber,
  databricksRun: z.string().max(20).optional(),
  connection,
  detail: z.enum(["short", "full"]).default("short"),
});

const output = z.object({
  about: z.object({
    connection: z.string(),
    dag: z.string().optional(),
    run: z.string().optional(),
    task: z.string().optional(),
    mapIndex: z.int().optional(),
    try: z.number().optional(),
    databricksRun: z.string().optional(),
  }),
  title: z.string(),
  incident: z.string().optional(),
  outcome: z.enum(["diagnosed", "abstained", "no_failure"]),
  category: z.string().nullable(),
  signature: z.string().nullable(),
  confidence: z.number(),
  summary: z.string(),
  object: z.string().nullable(),
  rerunHelps: z.enum(["yes", "no", "unsure"]),
  nextStep: z.string(),
  evidence,
  failedAncestor: z.object({ taskId: z.string(), mapIndex: z.int() }).optional(),
  databricksRuns: z.array(z.object({ runId: z.string(), url: z.string().nullable().optional() })),
  blocked: strings,
  owner: z.string().nullable(),
  links,
  warnings: strings,
  full: z
    .object({
      alternatives: z.array(z.looseObject({})),
      normalisedException: z.string().nullable(),
      redactions: z.number(),
      changes: strings,
    })
    .optional(),
});
type Output = z.input<typeof output>;

function aboutOf(failure: Failure): Output["about"] {
  if (failure.kind === "databricks_run") return { connection: failure.connection, databricksRun: failure.runId };
  const run = { connection: failure.connection, dag: failure.dagId, run: failure.runId };
  if (failure.kind === "airflow_run") return run;
  const index = failure.mapIndex >= 0 ? { mapIndex: failure.mapIndex } : {};
  return { ...run, task: failure.taskId, ...index, try: failure.tryNumber };
}

function restOf({ verdict, changes }: Diagnosis): Output["full"] {
  const { alternatives, normalisedException, redactions } = verdict;
  const copies = alternatives.map((entry) => ({ ...entry }));
  return { alternatives: copies, normalisedException, redactions, changes: [...changes] };
}

/** One says what the other says, perhaps with a prefix or cut. */
function overlap(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  const telling = short.trim().slice(0, 80);
  return telling.length >= leastTelling && long.includes(telling);
}

/** The quotes that fit, without those that only repeat an earlier one. */
function bestQuotes(all: Verdict["evidence"]): Verdict["evidence"] {
  const kept: Evidence[] = [];
  let room = shortQuotes;
  for (const quote of all) {
    const length = Math.min(quote.text.length, shortQuote);
    const repeats = kept.some((known) => overlap(known.text, quote.text));
    if (repeats || (kept.length > 0 && length > room) || kept.length >= mostQuotes) continue;
    kept.push(quote);
    room -= length;
  }
  return kept.map((quote) => ({ ...quote, text: cutText(quote.text, shortQuote) }));
}

function present(diagnosis: Diagnosis, incident: string | null, full: boolean): Output {
  const { verdict, failure } = diagnosis;
  const quotes = full ? verdict.evidence : bestQuotes(verdict.evidence);
  const warnings = full ? verdict.warnings : verdict.warnings.slice(0, shortWarnings);
  return {
    about: aboutOf(failure),
    title: failureTitle(failure),
    ...(incident === null ? {} : { incident }),
    outcome: verdict.outcome,
    category: verdict.category,
    signature: verdict.signature,
    confidence: verdict.confidence,
    summary: verdict.summary,
    object: verdict.object,
    rerunHelps: verdict.rerunHelps,
    nextStep: verdict.nextStep,
    evidence: quotes.map(({ id, source, line, text }) => ({ id, source, line, quoted: text })),
    ...(verdict.failedAncestor === null ? {} : { failedAncestor: { ...verdict.failedAncestor } }),
    databricksRuns: verdict.databricksRuns.map(({ runId, url }) => (full ? { runId, url } : { runId })),
    blocked: full ? [...diagnosis.blocked] : diagnosis.blocked.slice(0, shortList),
    owner: diagnosis.owner,
    links: diagnosis.links.map((link) => ({ ...link })),
    warnings: warnings.map((words) => (full ? words : cutText(words, shortQuote))),
    ...(full ? { full: restOf(diagnosis) } : {}),
  };
}

function nothingFailed(found: Extract<FoundFailure, { found: null }>): Output {
  const { reader, dagId, because } = found;
  return {
    about: { connection: reader.connection, dag: dagId },
    title: dagId,
    outcome: "no_failure",
    category: null,
    signature: null,
    confidence: 1,
    summary: `${dagId} shows no failure: ${because}.`,
    object: null,
    rerunHelps: "no",
    nextStep: "Nothing to do; name another run to look at an older one.",
    evidence: [],
    databricksRuns: [],
    blocked: [],
    owner: null,
    links: [],
    warnings: [],
  };
}

async function diagnose(asked: z.infer<typeof input>, ports: ToolPorts): Promise<Output> {
  const target = await findFailure(asked, ports);
  if (target.found === null) return nothingFailed(target);
  const full = asked.detail === "full";
  const diagnosis = await diagnoseTarget(target.found, ports, { changes: full });
  const incident = await incidentOf(diagnosis.failure, ports);
  return present(diagnosis, incident?.id ?? null, full);
}

export const diagnoseFailure = defineTool({
  name: "diagnose_failure",
  title: "Why did it fail",
  description:
    "Root cause of one failure with cited evidence, in one call: by ids, pasted Airflow/Databricks address, or words. A DAG alone means its newest failure.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: true,
  input,
  output,
  handler: diagnose,
});
