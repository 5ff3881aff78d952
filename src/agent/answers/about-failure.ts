import { categoryWords, confidenceWord } from "../../core/verdict.js";
import { type Answer, type AnswerLine, answerOf, bold, code, linkLine, text } from "../answer-lines.js";
import { type ReadDiagnosis, readDiagnosis } from "../read-diagnosis.js";
import { type Asked, requireSubject } from "./asked.js";

const mostQuotes = 5;
const linesAround = 6;
const longestLogLine = 300;
const mostBlocked = 15;

async function diagnose(asked: Asked, example: string): Promise<ReadDiagnosis> {
  const what = requireSubject(asked, example);
  return readDiagnosis(await asked.tools.call("diagnose_failure", { what, detail: "full" }));
}

function causeLine({ verdict, title }: ReadDiagnosis): AnswerLine {
  if (verdict.outcome === "no_failure") return [bold(title), text(`: ${verdict.summary}`)];
  if (verdict.outcome === "abstained" || verdict.category === null) {
    return [bold(title), text(`: I don't know yet why it failed. ${verdict.summary}`)];
  }
  const sure = `${categoryWords(verdict.category)}, ${confidenceWord(verdict.confidence)} confidence`;
  return [bold(title), text(`: ${verdict.summary} (${sure})`)];
}

function quoteLines({ verdict }: ReadDiagnosis): readonly AnswerLine[] {
  return verdict.evidence
    .slice(0, mostQuotes)
    .map((quote) => [
      text(`${quote.id} ${quote.source}${quote.line === null ? "" : ` line ${quote.line}`}: `),
      code(quote.text),
    ]);
}

/** Why did X fail. */
export async function answerWhy(asked: Asked): Promise<Answer> {
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
