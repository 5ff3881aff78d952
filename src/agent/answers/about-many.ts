import { z } from "zod";
import { type Answer, type AnswerLine, answerOf, bold, code, text, time } from "../answer-lines.js";
import type { Asked } from "./asked.js";

const mostLines = 12;

const failures = z.object({
  since: z.string(),
  total: z.number(),
  failures: z.array(
    z.object({
      connection: z.string(),
      dag: z.string(),
      task: z.string().optional(),
      mapIndexes: z.array(z.number()).optional(),
      try: z.number().optional(),
      ended: z.string().nullable(),
    }),
  ),
  upstreamFailed: z.number(),
  warnings: z.array(z.string()),
});

const incidents = z.object({
  total: z.number(),
  incidents: z.array(
    z.object({
      incident: z.string(),
      title: z.string(),
      connection: z.string(),
      state: z.string(),
      summary: z.string().nullable(),
      opened: z.string(),
      proposal: z.string().nullable(),
    }),
  ),
});

const hour = 3_600_000;

/** Where a period begins, in UTC: days at midnight, a night at 18:00, an hour when it was last that hour. */
function startOf(period: string, now: Date): string {
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  if (period === "today") return new Date(midnight).toISOString();
  if (period === "yesterday") return new Date(midnight - 24 * hour).toISOString();
  if (period === "overnight") return new Date(midnight - (now.getUTCHours() >= 18 ? -18 : 6) * hour).toISOString();
  const hourOfDay = /^(\d{2}):(\d{2})$/.exec(period);
  if (hourOfDay === null) return period;
  const today = midnight + Number(hourOfDay[1]) * hour + Number(hourOfDay[2]) * 60_000;
  return new Date(today > now.getTime() ? today - 24 * hour : today).toISOString();
}

function failureLine(row: z.infer<typeof failures>["failures"][number]): AnswerLine {
  const name = row.task === undefined ? row.dag : `${row.dag} / ${row.task}`;
  const indexes = row.mapIndexes ? `[${row.mapIndexes.join(",")}]` : "";
  const attempt = row.try === undefined ? "" : `, try ${row.try}`;
  return [
    bold(`${name}${indexes}`),
    text(` on ${row.connection}${attempt}`),
    ...(row.ended === null ? [] : [text(", "), time(row.ended)]),
  ];
}

async function liveIncidents(asked: Asked): Promise<z.infer<typeof incidents>> {
  return incidents.parse(await asked.tools.call("incident_list", { state: "live", limit: mostLines }));
}

/** What failed today, overnight, since … */
export async function answerFailures(asked: Asked): Promise<Answer> {
  const since = startOf(asked.since, asked.clock.now());
  const filter = asked.subject === "" ? {} : { dag: asked.subject };
  const found = failures.parse(await asked.tools.call("airflow_list_failures", { since, limit: mostLines, ...filter }));
  const jobs = (await liveIncidents(asked)).incidents.filter(
    (entry) => entry.connection.startsWith("databricks:") && entry.opened >= found.since && asked.subject === "",
  );
  const warnings = found.warnings.map((warning): AnswerLine => [text(warning)]);
  if (found.total === 0 && jobs.length === 0) {
    return answerOf([[text("Nothing is failed that ended since "), time(found.since), text(".")], ...warnings]);
  }
  const count = found.total + jobs.length;
  const waiting = found.upstreamFailed === 1 ? "1 more task waits" : `${found.upstreamFailed} more tasks wait`;
  const behind = found.upstreamFailed === 0 ? "" : `, and ${waiting} behind`;
  const more = found.total - found.failures.length;
  return answerOf([
    [text(`${count} still failed${behind}, since `), time(found.since), text(":")],
    ...found.failures.map(failureLine),
    ...jobs.map((entry): AnswerLine => [bold(entry.title), text(` on ${entry.connection}`)]),
    more > 0 ? [text(`and ${more} more.`)] : [],
    ...warnings,
  ]);
}

/** Open incidents and what waits for people. */
export async function answerStatus(asked: Asked): Promise<Answer> {
  const { total, incidents: live } = await liveIncidents(asked);
  if (total === 0) return answerOf([[text("No open incidents; nothing waits for a decision.")]]);
  const waiting = live.filter((entry) => entry.proposal !== null).length;
  const decisions = waiting === 0 ? "" : `; ${waiting} with a proposal`;
  return answerOf([
    [text(`${total} open ${total === 1 ? "incident" : "incidents"}${decisions}:`)],
    ...live.map(
      (entry): AnswerLine => [
        bold(entry.title),
        text(` ${entry.state}, since `),
        time(entry.opened),
        text(entry.summary === null ? " " : `: ${entry.summary} `),
        code(entry.incident),
      ],
    ),
    total > live.length ? [text(`and ${total - live.length} more.`)] : [],
  ]);
}
