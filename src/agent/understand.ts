/** Which of the known questions a text asks, and about what. Every pattern is a list of plain words: linear on any text. */

export type QuestionKind =
  | "why"
  | "failures"
  | "late"
  | "run"
  | "blocked"
  | "before"
  | "changed"
  | "log"
  | "rerun"
  | "approved"
  | "mute"
  | "status"
  | "help"
  | "unknown";

export interface Understood {
  readonly kind: QuestionKind;
  /** The words that name a DAG, job, incident or address; empty when the question names none. */
  readonly subject: string;
  /** For `failures`: how far back. */
  readonly since: string;
  /** For `mute`. */
  readonly hours: number;
  /** For `rerun`: the code was fixed. */
  readonly afterFix: boolean;
}

const longestQuestion = 2_000;
const defaultMuteHours = 4;
const mostMuteHours = 7 * 24;

/** In this order: the first whose words occur decides. */
const questions: readonly (readonly [QuestionKind, RegExp])[] = [
  ["help", /^\W*(?:help|hi|hello|hey|\?|commands)\W*$|\bwhat can (?:you|i)\b/],
  ["approved", /\bwho (?:has )?(?:approved|allowed|denied|decided|clicked|reran|re-ran|started the rerun)\b/],
  ["mute", /\b(?:mute|snooze|silence|be quiet)\b/],
  ["late", /\b(?:late|delayed|delay|overdue|on time|eta)\b|\bwhen (?:will|does|is|should)\b|\bfinish/],
  ["why", /^\W*(?:why|explain|diagnose|wy)\b|\b(?:root cause|reason|what happened|what went wrong|what broke)\b/],
  ["changed", /\bwhat(?:'s| is| has|s)? (?:changed|different)\b|\bchanged since\b/],
  ["log", /\blogs?\b/],
  ["before", /\b(?:happened before|before|similar|history|earlier|seen this|last time|how often)\b/],
  ["blocked", /\b(?:blocked|blocks|blocking|block|downstream|impact|affected|waiting (?:on|for))\b/],
  ["rerun", /\b(?:rerun|re-run|retry|repair|restart|clear|propose|again)\b/],
  [
    "failures",
    /\b(?:what|which|anything|everything|show|list)\b.{0,40}\b(?:failed|fail|failing|failures|broken|broke|red)\b|^\W*(?:failures|failed)\b|\bovernight\b/,
  ],
  ["why", /\bwhy\b|\b(?:fail|failed|failing|failure|broke|broken|crash|crashed)\b/],
  ["run", /\bwhat did\b|\b(?:last|latest|newest) run\b|\bhow did\b|\bhow is\b|\brun of\b|\bstatus of\b/],
  ["status", /^\W*(?:status|state|overview|open incidents|incidents)\b/],
];

/** Words of the question itself; what is left names the subject. */
const asking = new Set(
  `a about after again all an and any anything approve are approved around at be because been before block blocked blocking blocks by can cause changed
  check clear could dag dags decided delayed denied diagnose did different do does done downstream error errors eta ever everything explain fail failed failing fails
  failure finish finished fix fixed for from give good h had happen happened happening has have hello help here hey hi history hour hours how i impact in is it its
  job jobs last late latest line lines list log logs me mute my near newest next now of on ok or our out overdue overnight pipeline please propose
  proposal ran rerun re-run restart retry repair root run running runs seen should show similar silence since snooze start started state status
  take task tell than that the them then there this time to today tonight try until was week were what when where which who why will with worked
  would wrong wy yesterday you pipewright`.split(/\s+/),
);

function subjectOf(words: string): string {
  return words
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}<]+|[^\p{L}\p{N}_\]\\/=&%+~.-]+$/gu, "").replace(/\.+$/, ""))
    .filter((word) => word !== "" && !asking.has(word.toLowerCase()) && !/^\d{1,3}[hdm]?$/.test(word))
    .join(" ");
}

function sinceIn(words: string): string {
  const span = /\b(?:last|past)\s(\d{1,3})\s?(h|hour|hours|d|day|days)\b/.exec(words);
  if (span) return `${span[1]}${span[2]?.startsWith("d") ? "d" : "h"}`;
  if (/\bovernight\b|\btonight\b|\blast night\b/.test(words)) return "overnight";
  if (/\btoday\b|\bthis morning\b/.test(words)) return "today";
  if (/\byesterday\b/.test(words)) return "yesterday";
  return /\bweek\b/.test(words) ? "7d" : "24h";
}

function hoursIn(words: string): number {
  const span = /\b(\d{1,3})\s?(h|hour|hours|d|day|days|m|min|minutes)\b/.exec(words);
  if (!span) return defaultMuteHours;
  const unit = span[2]?.startsWith("d") ? 24 : span[2]?.startsWith("m") ? 1 / 60 : 1;
  return Math.min(mostMuteHours, Math.max(1, Math.round(Number(span[1]) * unit)));
}

/** Reads a question by rules; `unknown` when none fits. */
export function understand(question: string): Understood {
  const said = question.slice(0, longestQuestion).trim();
  const words = said.toLowerCase().replace(/\s+/g, " ");
  const kind = questions.find(([, pattern]) => pattern.test(words))?.[0] ?? "unknown";
  return {
    kind,
    subject: subjectOf(said),
    since: sinceIn(words),
    hours: hoursIn(words),
    afterFix: /\bafter (?:the |a )?fix\b|\bfixed\b/.test(words),
  };
}
