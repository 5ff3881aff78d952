/** Which of the known questions a text asks, and about what. Every pattern is a list of plain words: linear on any text. */

export type QuestionKind =
  | "why"
  | "ok"
  | "may_rerun"
  | "owner"
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
  /** Two or more ids that stand side by side, `orders_daily and customer_360`; empty where one thing is meant. */
  readonly subjects: readonly string[];
  /** For `failures`: how far back: a span, a word for a part of a day, an hour of today like `06:00`, or a moment. */
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
  [
    "owner",
    /\bwho(?:se| owns| is responsible|'s responsible)\b|\bowner of\b|\bwem gehört\b|\bwer ist (?:zuständig|verantwortlich)/,
  ],
  ["mute", /\b(?:mute|snooze|silence|be quiet)\b|\bstumm\b/],
  [
    "may_rerun",
    /\b(?:can|could|may|should|shall|must) (?:we|i|one|(?:it|this|that) be)\b.{0,40}\b(?:rerun|re-run|retry|rerunning|repair|restart|repaired|restarted|run)\b|\b(?:rerun|retry|restart|rerunning|retrying)\b.{0,40}\b(?:help|helps|safe|worth|pass|work)\b|\b(?:help|safe|worth|worthwhile)\b.{0,20}\b(?:rerun|retry|restart|rerunning|retrying)\b|\b(?:hilft|lohnt|können wir|kann ich|soll ich|sollen wir)\b.{0,60}\b(?:neustart|neu starten|wiederholen|rerun)\b/,
  ],
  [
    "late",
    /\b(?:late|delayed|delay|overdue|on time|eta|spät|verspätet|pünktlich)\b|überfällig|\bwhen (?:will|does|is|should)\b|\bfinish|\bwann\b/,
  ],
  [
    "why",
    /^\W*(?:why|explain|diagnose|wy|why's|warum|wieso|weshalb)\b|\b(?:root cause|reason|what happened|what went wrong|what broke|ursache|woran)\b/,
  ],
  [
    "changed",
    /\bwhat(?:'s| is| has|s)? (?:changed|different)\b|\bchanged since\b|\bcompare[ds]?\b|\bdiff(?:erence|erences)?\b|\bwas hat sich geändert\b|\bvergleich/,
  ],
  ["log", /\blogs?\b|\bprotokoll\b/],
  [
    "before",
    /\b(?:happened before|before|similar|history|earlier|seen this|last time|how often|schon mal|schon einmal|früher)\b/,
  ],
  ["blocked", /\b(?:blocked|blocks|blocking|block|downstream|impact|affected|blockiert|waiting (?:on|for))\b/],
  [
    "rerun",
    /\b(?:rerun|re-run|retry|repair|restart|clear|propose|again|neu starten|wiederhole)\b|^\W*starte\b.*\bneu\b/,
  ],
  [
    "failures",
    /\b(?:what|which|anything|everything|show|list)\b.{0,40}\b(?:failed|fail|failing|failures|broken|broke|red)\b|^\W*(?:failures|failed)\b|\bovernight\b|\b(?:was|welche)\b.{0,40}\b(?:fehlgeschlagen|gescheitert|kaputt|rot)\b/,
  ],
  ["ok", /\b(?:ok|okay|fine|healthy|alright|all right|in ordnung)\b|\bhow is\b|\bhow's\b|\bwie geht/],
  [
    "why",
    /\bwhy\b|\b(?:fail|failed|failing|failure|broke|broken|crash|crashed|red|fehlgeschlagen|gescheitert|kaputt)\b/,
  ],
  ["run", /\bwhat did\b|\b(?:last|latest|newest) run\b|\bhow did\b|\brun of\b|\bstatus of\b/],
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
  would wrong wy yesterday you pipewright
  rerunning restarted restarting repaired retrying between broke broken changes compare compared difference different differences good healthy it's last-good okay once one owner owns red responsible safe see
  since so such vs well went whose worth
  am auf bitte das dem den der die ein eine einmal es fehlgeschlagen für gescheitert geändert gestern hat heute hilft ich im ist kaputt kann können letzte
  letzten letzter mal mir nacht neu neustart schon seit sich sind spät starte starten und uns ursache verspätet vom von vor wann warum was wem wer weshalb wie
  wiederhole wiederholen wieso wir woran zeig zeige zuständig`.split(/\s+/),
);

function subjectOf(words: string): string {
  return words
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}<]+|[^\p{L}\p{N}_\]\\/=&%+~.-]+$/gu, "").replace(/\.+$/, ""))
    .filter((word) => word !== "" && !asking.has(word.toLowerCase()) && !/^\d{1,3}[hdm]?$/.test(word))
    .join(" ");
}

const joining = /^(?:and|or|und|oder|&|\+)$/i;
const mostSubjects = 3;

/** An id of several parts, as most DAGs and jobs have one. */
export function looksLikeId(word: string): boolean {
  return /^[\p{L}\p{N}]+(?:[_.-][\p{L}\p{N}]+)+$/u.test(word);
}

function subjectsOf(words: string): readonly string[] {
  const parts = words.split(/\s+/).map((word) => ({
    word: word.replace(/[,;?!.]+$/, ""),
    isListed: /,$/.test(word),
  }));
  const ids = parts.flatMap(({ word, isListed }, index) => {
    const next = parts[index + 1];
    const joined = isListed ? next : next !== undefined && joining.test(next.word) ? parts[index + 2] : undefined;
    return joined !== undefined && looksLikeId(word) && looksLikeId(joined.word) ? [word, joined.word] : [];
  });
  return [...new Set(ids)].slice(0, mostSubjects);
}

function sinceIn(words: string): string {
  const span = /\b(?:last|past)\s(\d{1,3})\s?(h|hour|hours|d|day|days)\b/.exec(words);
  if (span) return `${span[1]}${span[2]?.startsWith("d") ? "d" : "h"}`;
  const hour = /\b(?:since|after|seit|ab) (\d{1,2})(?::(\d{2}))?\s?(am|pm|uhr|utc)?(?!\d|-)/.exec(words);
  if (hour) return hourOf(Number(hour[1]), Number(hour[2] ?? 0), hour[3]);
  const moment = /\b(?:since|after|seit|ab) (\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2})?z?)?)/.exec(words)?.[1];
  if (moment !== undefined) return moment.replace(" ", "T").toUpperCase();
  if (/\bovernight\b|\btonight\b|\blast night\b|\bheute nacht\b|\bletzte nacht\b/.test(words)) return "overnight";
  if (/\btoday\b|\bthis morning\b|\bheute\b/.test(words)) return "today";
  if (/\byesterday\b|\bgestern\b/.test(words)) return "yesterday";
  return /\bweek\b|\bwoche\b/.test(words) ? "7d" : "24h";
}

/** `06:00`; nonsense is a day. */
function hourOf(hours: number, minutes: number, half: string | undefined): string {
  const full = half === "pm" && hours < 12 ? hours + 12 : half === "am" && hours === 12 ? 0 : hours;
  if (full > 23 || minutes > 59) return "24h";
  return `${String(full).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
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
    subjects: subjectsOf(said),
    since: sinceIn(words),
    hours: hoursIn(words),
    afterFix: /\bafter (?:the |a )?fix\b|\bfixed\b/.test(words),
  };
}
