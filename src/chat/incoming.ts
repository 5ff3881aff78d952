import type { Person } from "../core/person.js";

/** Where a conversation goes on; the address is the adapter's own. */
export interface ThreadRef {
  readonly platform: string;
  readonly address: Readonly<Record<string, string>>;
}

/** What a person did, after the adapter verified and parsed it. `eventId` is the platform's own id, for replays. */
export type IncomingEvent =
  | {
      readonly kind: "question";
      readonly eventId: string;
      readonly person: Person;
      readonly text: string;
      readonly thread: ThreadRef;
      readonly isPrivate: boolean;
    }
  | {
      readonly kind: "decision";
      readonly eventId: string;
      readonly person: Person;
      readonly proposalId: string;
      readonly verdict: "approved" | "denied";
      readonly reason: string | null;
      /** An approval that passes over quorum, four eyes and freeze; it needs a reason. */
      readonly breakGlass?: boolean;
      readonly thread: ThreadRef;
    }
  | {
      readonly kind: "button";
      readonly eventId: string;
      readonly person: Person;
      readonly action: "refresh" | "propose" | "mute" | "reveal";
      readonly value: string;
      readonly thread: ThreadRef;
    };
