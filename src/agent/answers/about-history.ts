import { z } from "zod";
import { InputError } from "../../core/errors.js";
import { type Answer, type AnswerLine, answerOf, bold, code, text, time } from "../answer-lines.js";
import { type Asked, requireSubject } from "./asked.js";

const when = z.string().nullable();

const incident = z.object({
  incident: z.string(),
  title: z.string(),
  opened: z.string(),
  summary: when,
  seenBefore: when.optional(),
  similar: z.array(
    z.object({ incident: z.string(), title: z.string(), opened: z.string(), recovered: when, ended: when }),
  ),
  proposals: z.array(
    z.object({ proposal: z.string(), state: z.string(), decidedBy: when, decided: when, outcome: when }),
  ),
});

const list = z.object({ incidents: z.array(z.object({ incident: z.string() })) });

const mostIncidents = 10;

/** Incidents the question is about, newest first: the thread's own, one by id, or those of a DAG. */
async function incidentIds(asked: Asked, example: string): Promise<readonly string[]> {
  const subject = requireSubject(asked, example);
  if (/^inc_[\w-]{4,64}$/.test(subject) || asked.subject === "") return [subject];
  const found = list.parse(
    await asked.tools.call("incident_list", { state: "all", dag: subject, limit: mostIncidents }),
  );
  if (found.incidents.length > 0) return found.incidents.map((entry) => entry.incident);
  throw new InputError(`I know no incident of "${subject.slice(0, 80)}".`, "Check the name, or ask for the status.");
}

const read = async (asked: Asked, id: string) =>
  incident.parse(await asked.tools.call("incident_get", { incident: id }));

/** Has this happened before. */
export async function answerBefore(asked: Asked): Promise<Answer> {
  const [newest] = await incidentIds(asked, "has orders_daily failed like this before");
  if (newest === undefined) return answerOf([[text("I know no incident like that.")]]);
  const found = await read(asked, newest);
  const more = { incidentId: found.incident };
  if (found.similar.length === 0) {
    const words = found.seenBefore ? [text(`${found.seenBefore}.`)] : null;
    return answerOf([words ?? [text("I have seen nothing like "), bold(found.title), text(" before.")]], more);
  }
  return answerOf(
    [
      found.seenBefore ? [text(`${found.seenBefore}.`)] : [],
      [text("Incidents like "), bold(found.title), text(":")],
      ...found.similar.map(
        (other): AnswerLine => [
          time(other.opened),
          text(` ${other.title}`),
          text(other.recovered === null ? ", not known to have recovered" : ", recovered"),
          text(other.ended === null ? "" : `: ${other.ended}`),
        ],
      ),
    ],
    more,
  );
}

/** Who approved the last rerun of X. */
export async function answerApproved(asked: Asked): Promise<Answer> {
  const ids = await incidentIds(asked, "who approved the last rerun of orders_daily");
  for (const id of ids) {
    const found = await read(asked, id);
    const decided = found.proposals.filter((proposal) => proposal.decidedBy !== null);
    const [last] = decided.toSorted((a, b) => (b.decided ?? "").localeCompare(a.decided ?? ""));
    if (!last) continue;
    const verb = last.state === "denied" ? "denied" : "approved";
    const line: AnswerLine = [
      bold(last.decidedBy ?? ""),
      text(` ${verb} the last proposal for ${found.title}`),
      ...(last.decided === null ? [] : [text(" "), time(last.decided)]),
      text(last.outcome === null ? "." : `: ${last.outcome}`),
    ];
    return answerOf([line, [code(last.proposal)]], { incidentId: found.incident });
  }
  return answerOf([[text("Nobody has decided on a rerun of that yet.")]]);
}
