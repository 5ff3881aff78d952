/** What stands in place of a person's name once the person was purged. */
export const purgedName = "a purged person";

const nameFields = ["name", "personName", "displayName"] as const;
const idFields = ["id", "personId"] as const;

/** Every name under which a value (JSON) knows the person with this id. */
export function namesOf(value: unknown, personId: string): ReadonlySet<string> {
  const names = new Set<string>();
  visit(value, (object) => {
    if (!idFields.some((field) => object[field] === personId)) return;
    for (const field of nameFields) {
      const name = object[field];
      if (typeof name === "string" && name.trim().length > 1 && name !== purgedName) names.add(name);
    }
  });
  return names;
}

/** The value (JSON) with the person's id replaced by `alias`, and the names, also inside sentences, by `purgedName`. */
export function withoutPerson<T>(value: T, personId: string, alias: string, names: ReadonlySet<string>): T {
  const words = [...names].sort((a, b) => b.length - a.length);
  return replaced(value, (text) => {
    let rest = text.replaceAll(personId, alias);
    for (const word of words) rest = replaceWord(rest, word);
    return rest;
  }) as T;
}

/** `Ben` in "Ben approved", not in "Benchmark". */
function replaceWord(text: string, word: string): string {
  let out = "";
  let from = 0;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, from)) {
    const end = at + word.length;
    const isWhole = !isLetter(text[at - 1]) && !isLetter(text[end]);
    out += text.slice(from, at) + (isWhole ? purgedName : word);
    from = end;
  }
  return out + text.slice(from);
}

function isLetter(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}_]/u.test(char);
}

function visit(value: unknown, see: (object: Readonly<Record<string, unknown>>) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) see(value as Readonly<Record<string, unknown>>);
  for (const member of Object.values(value)) visit(member, see);
}

function replaced(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((member) => replaced(member, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [change(key), replaced(member, change)]));
}
