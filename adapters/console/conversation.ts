import type { Card } from "../../src/chat/card.js";

/** One message of the console; either a card of Pipewright's or a person's own words. */
export interface ConsoleMessage {
  /** A thread's root message bears the thread's id. */
  readonly id: string;
  readonly threadId: string;
  /** Grows with every change anywhere in the console: the page drops what is older than what it shows. */
  readonly seq: number;
  readonly postedAt: string;
  readonly editedAt: string | null;
  /** null: Pipewright. */
  readonly author: { readonly id: string; readonly name: string } | null;
  /** Set on a private note: only this person may see it. */
  readonly onlyFor: string | null;
  readonly content: { readonly card: Card } | { readonly text: string };
}

export type NewMessage = Pick<ConsoleMessage, "id" | "threadId" | "author" | "onlyFor" | "content">;

export interface ConsoleState {
  readonly version: 1;
  readonly messages: readonly ConsoleMessage[];
}

const maxThreads = 300;
const maxMessagesOfThread = 400;

/** Every thread of the console in memory, oldest message first; bounded, the quietest threads go first. */
export class Conversation {
  private readonly threads = new Map<string, ConsoleMessage[]>();
  private seq = 0;

  /** Brings back what was said before the restart; called once, before anything is posted. */
  restore(state: ConsoleState): void {
    for (const message of state.messages) {
      this.list(message.threadId).push(message);
      this.seq = Math.max(this.seq, message.seq);
    }
  }

  toState(): ConsoleState {
    return { version: 1, messages: [...this.threads.values()].flat() };
  }

  has(threadId: string): boolean {
    return this.threads.has(threadId);
  }

  /** Oldest first; empty for a thread that is not known. */
  messages(threadId: string): readonly ConsoleMessage[] {
    return this.threads.get(threadId) ?? [];
  }

  all(): readonly (readonly ConsoleMessage[])[] {
    return [...this.threads.values()];
  }

  rootAbout(subject: string): ConsoleMessage | null {
    for (const [root] of this.threads.values()) {
      if (root && "card" in root.content && root.content.card.subject === subject) return root;
    }
    return null;
  }

  add(message: NewMessage, at: string): ConsoleMessage {
    const added = { ...message, seq: this.nextSeq(), postedAt: at, editedAt: null };
    const list = this.list(message.threadId);
    list.push(added);
    if (list.length > maxMessagesOfThread) list.splice(1, 1);
    if (this.threads.size > maxThreads) this.dropQuietest();
    return added;
  }

  /** A message that was let go comes back with its edit, so that no outcome is lost to the reader. */
  edit(threadId: string, messageId: string, card: Card, at: string): ConsoleMessage {
    const list = this.list(threadId);
    const index = list.findIndex((message) => message.id === messageId);
    const old = list[index];
    if (old === undefined) {
      return this.add({ id: messageId, threadId, author: null, onlyFor: null, content: { card } }, at);
    }
    const edited = { ...old, content: { card }, seq: this.nextSeq(), editedAt: at };
    list[index] = edited;
    return edited;
  }

  private nextSeq(): number {
    this.seq += 1;
    return this.seq;
  }

  private list(threadId: string): ConsoleMessage[] {
    const existing = this.threads.get(threadId);
    if (existing) return existing;
    const created: ConsoleMessage[] = [];
    this.threads.set(threadId, created);
    return created;
  }

  private dropQuietest(): void {
    let quietest: string | null = null;
    let lowest = Number.POSITIVE_INFINITY;
    for (const [threadId, messages] of this.threads) {
      const newest = Math.max(...messages.map((message) => message.seq));
      if (newest < lowest) [quietest, lowest] = [threadId, newest];
    }
    if (quietest !== null) this.threads.delete(quietest);
  }
}
