import { z } from "zod";
import { InputError } from "../../core/errors.js";
import { type Answer, answerOf, bold, code, text, time } from "../answer-lines.js";
import { type Asked, requireSubject } from "./asked.js";

const proposal = z.object({
  proposal: z.string(),
  incident: z.string(),
  state: z.string(),
  willRun: z.array(z.string()),
  expires: z.string(),
  note: z.string(),
});

const list = z.object({ incidents: z.array(z.object({ incident: z.string(), title: z.string() })) });

const mostNames = 8;

/** Rerun X: a proposal, never the rerun. */
export async function answerRerun(asked: Asked): Promise<Answer> {
  const subject = requireSubject(asked, "rerun orders_daily");
  const which = /^inc_[\w-]{4,64}$/.test(subject) || asked.subject === "" ? { incident: subject } : { what: subject };
  const made = proposal.parse(
    await asked.tools.call("remediation_propose", { ...which, ...(asked.afterFix ? { afterFix: true } : {}) }),
  );
  const shown = made.willRun.slice(0, mostNames).join(", ");
  const rest = made.willRun.length - mostNames;
  return answerOf(
    [
      [
        text("Proposal "),
        code(made.proposal),
        text(" would run: "),
        bold(shown),
        text(rest > 0 ? ` and ${rest} more.` : "."),
      ],
      [text(made.note)],
      made.state === "pending" ? [text("It expires "), time(made.expires), text(".")] : [],
    ],
    { proposalId: made.proposal, incidentId: made.incident },
  );
}

/** Mute X: names the incident; the flow does the muting. */
export async function answerMute(asked: Asked): Promise<Answer> {
  const subject = requireSubject(asked, "mute orders_daily 4h");
  if (/^inc_[\w-]{4,64}$/.test(subject) || asked.subject === "") return muted(subject, subject, asked.hours);
  const found = list.parse(await asked.tools.call("incident_list", { state: "live", dag: subject, limit: 5 }));
  const [only, second] = found.incidents;
  if (!only) {
    throw new InputError(`There is no open incident of "${subject.slice(0, 80)}" to mute.`, "Ask for the status.");
  }
  if (second) {
    const choices = found.incidents.map((entry) => `${entry.incident} (${entry.title})`).join(", ");
    throw new InputError("Several open incidents fit.", `Say which: ${choices}.`);
  }
  return muted(only.incident, only.title, asked.hours);
}

function muted(incidentId: string, title: string, hours: number): Answer {
  const line = [text("Muted "), bold(title), text(` for ${hours} h; it stays open and its card still updates.`)];
  return answerOf([line], { incidentId, mute: { incidentId, hours } });
}
