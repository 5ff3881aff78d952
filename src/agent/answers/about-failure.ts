import { z } from "zod";
import { explainError, PipewrightError } from "../../core/errors.js";
import { categoryWords, confidenceWord } from "../../core/verdict.js";
import { type Answer, type AnswerLine, answerOf, bold, code, linkLine, text } from "../answer-lines.js";
import { type ReadDiagnosis, readDiagnosis } from "../read-diagnosis.js";
import { type Asked, requireSubject } from "./asked.js";

const mostQuotes = 5;
const linesAround = 6;
const longestLogLine = 300;
const mostBlocked = 15;

/** The newest failure that the question is about. */
export async function diagnose(asked: Asked, example: string): Promise<ReadDiagnosis> {
  const what = requireSubject(asked, example);
  return readDiagnosis(await asked.tools.call("diagnose_failure", { what, detail: "full" }));
}

/** Title, cause and how sure it is. */
export function causeLine({ verdict, title }: ReadDiagnosis): AnswerLine {
  if (verdict.outcome === "no_failure") return [bold(title), text(`: ${verdict.summary}`)];
  if (verdict.outcome === "abstained" || verdict.category === null) {
    return [bold(title), text(`: I don't know yet why it failed. ${verdict.summary}`)];
  }
  const sure = `${categoryWords(verdict.category)}, ${confidenceWord(verdict.confidence)} confidence`;
  return [bold(title), text(`: ${verdict.summary} (${sure})`)];
}

/** The proof, by its numbers. */
export function quoteLines({ verdict }: ReadDiagnosis): readonly AnswerLine[] {
  return verdict.evidence
    .slice(0, mostQuotes)
    .map((quote) => [
      text(`${quote.id} ${quote.source}${quote.line === null ? "" : ` line ${quote.line}`}: `),
      code(quote.text),
    ]);
}

/** Why did X fail; of several, each cause with its best proof. */
export async function answerWhy(asked: Asked): Promise<Answer> {
  if (asked.subjects.length > 1) return answerEach(asked);
  const found = await diagnose(asked, "why did orders_daily fail");
  const { verdict, blocked } = found;
  const { failedAncestor } = verdict;
  return answerOf(
    [
      causeLine(found),
      failedAncestor === null ? [] : [text("The first task that failed was "), code(failedAncestor.taskId), text(".")],
      ...quoteLines(found),
      [bold("Next: "), text(verdict.nextStep)],
      blocked.length === 0 ? [] : [text(`Waiting behind it: ${blocked.slice(0, mostBlocked).join(", ")}.`)],
      ...verdict.warnings.slice(0, 2).map((warning) => [text(warning)]),
      linkLine(found.links),
    ],
    { incidentId: found.incidentId },
  );
}

async function answerEach(asked: Asked): Promise<Answer> {
  const parts = await Promise.all(
    asked.subjects.map(async (subject): Promise<readonly AnswerLine[]> => {
      try {
        const found = await diagnose({ ...asked, subject }, "why did orders_daily fail");
        return [causeLine(found), ...quoteLines(found).slice(0, 1), [bold("Next: "), text(found.verdict.nextStep)]];
      } catch (error) {
        if (!(error instanceof PipewrightError)) throw error;
        return [[bold(subject), text(`: ${explainError(error)}`)]];
      }
    }),
  );
  return answerOf(parts.flat());
}

/** Can we rerun X: what the diagnosis says of it, and what already waits for people; nothing is proposed by asking. */
export async function answerMayRerun(asked: Asked): Promise<Answer> {
  const found = await diagnose(asked, "can we rerun orders_daily");
  const { verdict, incidentId } = found;
  if (verdict.outcome === "no_failure") return answerOf([causeLine(found)], { incidentId });
  const waiting = incidentId === null ? null : await openProposalOf(incidentId, asked);
  return answerOf(
    [
      [bold(found.title), text(`: ${rerunWords[verdict.rerunHelps]}`)],
      causeLine(found),
      ...quoteLines(found).slice(0, 2),
      [bold("Next: "), text(verdict.nextStep)],
      waiting === null
        ? [text("Nothing is proposed yet; a person must approve every rerun.")]
        : [text("Proposal "), code(waiting), text(" waits in its thread for a person to approve it.")],
    ],
    { incidentId },
  );
}

const rerunWords: Readonly<Record<ReadDiagnosis["verdict"]["rerunHelps"], string>> = {
  yes: "a rerun should help.",
  no: "a rerun can't help as things are.",
  unsure: "I can't say whether a rerun helps.",
};

const withProposals = z.object({ proposals: z.array(z.object({ proposal: z.string(), state: z.string() })) });

async function openProposalOf(incidentId: string, { tools }: Asked): Promise<string | null> {
  const { proposals } = withProposals.parse(await tools.call("incident_get", { incident: incidentId }));
  return proposals.find(({ state }) => state === "pending")?.proposal ?? null;
}

/** Who owns X. */
export async function answerOwner(asked: Asked): Promise<Answer> {
  const found = await diagnose(asked, "who owns orders_daily");
  const { owner, title, incidentId } = found;
  const line: AnswerLine =
    owner === null
      ? [text("Airflow and the configuration name no owner of "), bold(title), text(".")]
      : [bold(title), text(" is owned by "), bold(owner), text(".")];
  return answerOf([line, linkLine(found.links)], { incidentId });
}

/** What is blocked by X. */
export async function answerBlocked(asked: Asked): Promise<Answer> {
  const found = await diagnose(asked, "what is blocked by orders_daily");
  const more = { incidentId: found.incidentId };
  if (found.verdict.outcome === "no_failure") return answerOf([causeLine(found)], more);
  if (found.blocked.length === 0) {
    return answerOf([[text("Nothing in the same run waits for "), bold(found.title), text(".")]], more);
  }
  const shown = found.blocked.slice(0, mostBlocked);
  const rest = found.blocked.length - shown.length;
  return answerOf(
    [
      [text("Waiting for "), bold(found.title), text(":")],
      shown.flatMap((task, index) => [...(index === 0 ? [] : [text(", ")]), code(task)]),
      rest > 0 ? [text(`and ${rest} more.`)] : [],
      linkLine(found.links),
    ],
    more,
  );
}

/** What changed since the last good run. */
export async function answerChanged(asked: Asked): Promise<Answer> {
  const found = await diagnose(asked, "what changed since orders_daily last went well");
  const more = { incidentId: found.incidentId };
  if (found.verdict.outcome === "no_failure") return answerOf([causeLine(found)], more);
  if (found.changes.length === 0) {
    return answerOf(
      [[text("I see no telling difference between this run of "), bold(found.title), text(" and its last good one.")]],
      more,
    );
  }
  return answerOf(
    [
      [text("What changed for "), bold(found.title), text(":")],
      ...found.changes.map((words) => [text(words.replaceAll("`", ""))]),
      linkLine(found.links),
    ],
    more,
  );
}

/** Show me the log around the error. */
export async function answerLog(asked: Asked): Promise<Answer> {
  const found = await diagnose(asked, "show me the log of orders_daily");
  const more = { incidentId: found.incidentId };
  const { dag, run, task, connection, mapIndex, try: number } = found.about;
  const quote = found.verdict.evidence.find((entry) => entry.line !== null);
  if (dag === undefined || run === undefined || task === undefined) {
    return answerOf([causeLine(found), ...quoteLines(found), linkLine(found.links)], more);
  }
  const which = { connection, dag, run, task, ...(mapIndex === undefined ? {} : { mapIndex }), try: number };
  const line = quote?.line ?? null;
  const around = line === null ? {} : { from: Math.max(1, line - linesAround), to: line + linesAround };
  const log = await asked.tools.call("airflow_get_task_log", { ...which, ...around });
  const lines = String(log["quoted"] ?? "")
    .split("\n")
    .filter((entry) => entry.trim() !== "")
    .slice(0, 2 * linesAround + 1);
  return answerOf(
    [
      [bold(found.title), text(`, try ${String(log["try"])}, ${String(log["lineCount"])} lines:`)],
      ...lines.map((entry) => [code(entry.slice(0, longestLogLine))]),
      linkLine(found.links),
    ],
    more,
  );
}
