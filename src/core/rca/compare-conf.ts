import { type Change, named, namedList } from "./change.js";
import { normaliseException } from "./normalise.js";

type Conf = Readonly<Record<string, unknown>>;

const mostKeys = 200;
const deepest = 3;
const longestShown = 40;
const secretKey =
  /secret|passw|pwd|token|api_?-?key|access_?-?key|private|credential|auth|dsn|conn|sas|signature|cookie|webhook/i;
/** Nothing but words, numbers, dates and paths; an address with a login or an opaque key never is. */
const plainValue = /^[\w .,:+/-]{0,40}$/;
const opaqueValue = /^[\w+/-]{16,}$/;

/** Keys of the run's conf that were added, removed or changed; a value that may be a secret is never shown. */
export function compareConf(now: Conf, then: Conf): readonly Change[] {
  const one = flatten(now);
  const other = flatten(then);
  const changes: Change[] = [];
  for (const [key, value] of one) {
    const before = other.get(key);
    if (before === undefined || before === value || isMovingOn(before, value)) continue;
    changes.push({ weight: 80, words: changedWords(key, value, before) });
  }
  const added = [...one.keys()].filter((key) => !other.has(key));
  const gone = [...other.keys()].filter((key) => !one.has(key));
  if (added.length > 0) changes.push({ weight: 79, words: `New in the run's conf: ${namedList(added)}.` });
  if (gone.length > 0) changes.push({ weight: 78, words: `Gone from the run's conf: ${namedList(gone)}.` });
  return changes;
}

function changedWords(key: string, now: string, then: string): string {
  return mayShow(key, now) && mayShow(key, then)
    ? `Run conf ${named(key)} is ${named(now)}; at the last good run it was ${named(then)}.`
    : `Run conf ${named(key)} has another value than at the last good run (values not shown).`;
}

function mayShow(key: string, value: string): boolean {
  if (secretKey.test(key) || value.length > longestShown || !plainValue.test(value)) return false;
  return !(opaqueValue.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value));
}

/** Dates and ids differ with every run and say nothing. */
function isMovingOn(then: string, now: string): boolean {
  if (/^20\d{6}$/.test(then) && /^20\d{6}$/.test(now)) return true;
  const same = normaliseException(now);
  return same === normaliseException(then) && /<(?:date|id)>/.test(same);
}

/** `a.b.c` → its value as text; lists are one value. */
function flatten(conf: Conf): ReadonlyMap<string, string> {
  const flat = new Map<string, string>();
  const visit = (value: unknown, path: string, depth: number): void => {
    if (flat.size >= mostKeys) return;
    if (typeof value === "object" && value !== null && !Array.isArray(value) && depth < deepest) {
      for (const [key, member] of Object.entries(value)) visit(member, path === "" ? key : `${path}.${key}`, depth + 1);
    } else if (path !== "") {
      flat.set(path, typeof value === "string" ? value : (JSON.stringify(value) ?? "null"));
    }
  };
  visit(conf, "", 0);
  return flat;
}
