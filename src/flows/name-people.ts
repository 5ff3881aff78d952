import type { ChatAdapter } from "../chat/adapter.js";

/** `Ben`, `Ben or Cleo`, `Ben, Cleo or 3 others`; null for nobody. A name that can't be looked up is shown as its id. */
export function createNameWords(
  adapters: () => readonly ChatAdapter[],
): (personIds: readonly string[]) => Promise<string | null> {
  const known = new Map<string, string>();
  const shown = 3;

  async function nameOf(id: string): Promise<string> {
    const name = known.get(id);
    if (name !== undefined) return name;
    const adapter = adapters().find(({ platform }) => id.startsWith(`${platform}:`));
    try {
      const person = await adapter?.lookUp(id);
      if (person === undefined) return id;
      known.set(id, person.displayName);
      return person.displayName;
    } catch {
      // A name is a courtesy: the card must not wait for it. Deciding looks the person up afresh.
      return id;
    }
  }

  return async (personIds) => {
    const names = await Promise.all(personIds.slice(0, shown).map(nameOf));
    const more = personIds.length - shown;
    if (more > 0) names.push(`${more} ${more === 1 ? "other" : "others"}`);
    const last = names.pop();
    if (last === undefined) return null;
    return names.length === 0 ? last : `${names.join(", ")} or ${last}`;
  };
}
