import type { ThreadRef } from "../chat/incoming.js";
import { RefusedByPolicy } from "../core/errors.js";
import type { Incident } from "../core/incident.js";
import type { Person } from "../core/person.js";
import { type Audience, mayRead, mayStandIn, type Readable, type ReadingRule, readablesOf } from "../core/reading.js";
import type { Identities } from "./identities.js";

/** Who may read about which DAG, and where. */
export interface Reading {
  /** Who hears an answer in this thread; looked up afresh. */
  audience(person: Person, thread: ThreadRef, isPrivate: boolean): Promise<Audience>;
  /** RefusedByPolicy where the audience may not read about the incident. */
  mind(incident: Incident, audience: Audience): void;
  /** True where it may stand in the channel that a platform's threads are opened in. */
  mayStand(about: readonly Readable[], platform: string): boolean;
}

export interface ReadingDeps {
  readonly rules: readonly ReadingRule[];
  readonly identities: Identities;
  /** The channel that each platform's threads are opened in: `slack:C0123ABCD`. */
  readonly homes: Readonly<Record<string, string>>;
}

/** The console is one room: whoever may open it sees all of it. */
export const consoleChannel = "console:main";

export function createReading({ rules, identities, homes }: ReadingDeps): Reading {
  const readers = [...new Set(rules.flatMap(({ people }) => people ?? []))];
  return {
    async audience(person, thread, isPrivate) {
      const identityOf = await identities.among({ must: readers.length === 0 ? [] : [person.id], may: readers });
      return { personId: person.id, channel: channelOf(thread), isPrivate, identityOf };
    },
    mind(incident, audience) {
      if (readablesOf(incident).every((about) => mayRead(rules, about, audience))) return;
      throw new RefusedByPolicy(
        "You may not read about this here; nothing was changed.",
        "Ask where its team talks, or have the owner of this installation look at reading in the YAML.",
      );
    },
    mayStand(about, platform) {
      const home = homes[platform] ?? `${platform}:main`;
      return about.every((one) => mayStandIn(rules, one, home));
    },
  };
}

function channelOf({ platform, address }: ThreadRef): string {
  if (platform === "console") return consoleChannel;
  return `${platform}:${address["channel"] ?? "main"}`;
}
