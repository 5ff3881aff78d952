import { explainError, PipewrightError } from "../core/errors.js";
import type { Clock, ToolCaller } from "../core/ports.js";
import { type Answer, answerOf, text } from "./answer-lines.js";
import { answerMute, answerRerun } from "./answers/about-action.js";
import {
  answerBlocked,
  answerChanged,
  answerLog,
  answerMayRerun,
  answerOwner,
  answerWhy,
} from "./answers/about-failure.js";
import { answerApproved, answerBefore } from "./answers/about-history.js";
import { answerFailures, answerStatus } from "./answers/about-many.js";
import { answerLate, answerOk, answerRun } from "./answers/about-run.js";
import type { Asked } from "./answers/asked.js";
import { help } from "./answers/help.js";
import { looksLikeId, type QuestionKind, understand } from "./understand.js";

export interface Question {
  readonly text: string;
  /** The incident whose thread the question stands in. */
  readonly incidentId: string | null;
}

const answers: Readonly<Record<Exclude<QuestionKind, "unknown">, (asked: Asked) => Promise<Answer>>> = {
  why: answerWhy,
  ok: answerOk,
  may_rerun: answerMayRerun,
  owner: answerOwner,
  failures: answerFailures,
  late: answerLate,
  run: answerRun,
  blocked: answerBlocked,
  before: answerBefore,
  changed: answerChanged,
  log: answerLog,
  rerun: answerRerun,
  approved: answerApproved,
  mute: answerMute,
  status: answerStatus,
  help: () => Promise.resolve(help()),
};

/** Answers the known questions by rules, from tools alone; what it does not understand or can't read it says in words. */
export function createAnswerer(deps: {
  /** Bound to the person who asks: a proposal made here is theirs. */
  readonly tools: ToolCaller;
  readonly clock: Clock;
}): (question: Question) => Promise<Answer> {
  return async (question) => {
    const understood = understand(question.text);
    const asked: Asked = { ...understood, incidentId: question.incidentId, tools: deps.tools, clock: deps.clock };
    try {
      if (understood.kind !== "unknown") return await answers[understood.kind](asked);
      if (understood.subject === "") return help();
      return { ...(await answerWhy(asked)), isGuess: true };
    } catch (error) {
      if (!(error instanceof PipewrightError)) throw error;
      if (error.code === "input" && isAboutThread(asked)) return aboutThread(asked);
      if (understood.kind === "unknown" && error.code === "input") return help();
      return answerOf([[text(explainError(error))]]);
    }
  };
}

/** What acts on the thing it names, and what is about everything. */
const namesItsOwn: ReadonlySet<QuestionKind> = new Set(["rerun", "mute", "failures", "status", "help"]);

/** Words in an incident's thread that name nothing we know, and no id, speak of that incident: "could it be the heap?". */
function isAboutThread({ kind, subject, incidentId }: Asked): boolean {
  if (incidentId === null || subject === "" || namesItsOwn.has(kind)) return false;
  return !subject.split(" ").some((word) => looksLikeId(word) || word.includes("/"));
}

/** What the rules know of it; a model may know more. */
async function aboutThread(asked: Asked): Promise<Answer> {
  const answer = asked.kind === "unknown" ? answerWhy : answers[asked.kind];
  try {
    return { ...(await answer({ ...asked, subject: "" })), isGuess: true };
  } catch (error) {
    if (!(error instanceof PipewrightError)) throw error;
    return answerOf([[text(explainError(error))]]);
  }
}
