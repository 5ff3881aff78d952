import { z } from "zod";
import { UpstreamError } from "../core/errors.js";
import { categories, type Verdict } from "../core/verdict.js";

const text = z.string().nullable();

/** `diagnose_failure` at full detail, as the agent reads it back. */
const wire = z.object({
  about: z.object({
    connection: z.string(),
    dag: z.string().optional(),
    run: z.string().optional(),
    task: z.string().optional(),
    mapIndex: z.number().optional(),
    try: z.number().optional(),
    databricksRun: z.string().optional(),
  }),
  title: z.string(),
  incident: z.string().optional(),
  outcome: z.enum(["diagnosed", "abstained", "no_failure"]),
  category: z.enum(categories).nullable(),
  signature: text,
  confidence: z.number(),
  summary: z.string(),
  object: text,
  rerunHelps: z.enum(["yes", "no", "unsure"]),
  nextStep: z.string(),
  evidence: z.array(z.object({ id: z.string(), source: z.string(), line: z.number().nullable(), quoted: z.string() })),
  failedAncestor: z.object({ taskId: z.string(), mapIndex: z.number() }).optional(),
  databricksRuns: z.array(z.object({ runId: z.string(), url: text })),
  blocked: z.array(z.string()),
  owner: text,
  links: z.array(z.object({ label: z.string(), url: z.string() })),
  warnings: z.array(z.string()),
  full: z
    .object({
      alternatives: z.array(z.object({ category: z.enum(categories), signature: text, why: z.string() })),
      normalisedException: text,
      redactions: z.number(),
      changes: z.array(z.string()).optional(),
    })
    .optional(),
});

/** A diagnosis as it came over MCP. */
export interface ReadDiagnosis {
  readonly about: z.infer<typeof wire>["about"];
  readonly title: string;
  readonly incidentId: string | null;
  readonly verdict: Verdict;
  readonly blocked: readonly string[];
  readonly owner: string | null;
  /** What changed since the last good run, the most telling first. */
  readonly changes: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

/** Takes a structured result apart; UpstreamError when it is not one of ours. */
export function readDiagnosis(result: Readonly<Record<string, unknown>>): ReadDiagnosis {
  const parsed = wire.safeParse(result);
  if (!parsed.success) {
    throw new UpstreamError(
      "The diagnosis came back in a form that is not understood.",
      "The owner of this installation should report it.",
      "bad_response",
      false,
      false,
      null,
      { cause: parsed.error },
    );
  }
  const { about, title, incident, evidence, full, failedAncestor, blocked, owner, links, ...verdict } = parsed.data;
  return {
    about,
    title,
    incidentId: incident ?? null,
    verdict: {
      ...verdict,
      evidence: evidence.map(({ quoted, ...quote }) => ({ ...quote, text: quoted })),
      failedAncestor: failedAncestor ?? null,
      alternatives: full?.alternatives ?? [],
      normalisedException: full?.normalisedException ?? null,
      redactions: full?.redactions ?? 0,
    },
    blocked,
    owner,
    changes: full?.changes ?? [],
    links,
  };
}
