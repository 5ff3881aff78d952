import { setImmediate as othersHadTheirTurn } from "node:timers/promises";

const blockLength = 512 * 1024;
/** A quick source would otherwise fill block after block while whoever else waits for this thread waits on. */
const bytesATurn = 128 * 1024;
const nothing = new Uint8Array(0);

/** One is read by the worker, one has been sent to it, one is being filled. */
const blocksInUse = 3;

/**
 * Fills blocks of shared memory from a source of bytes, in turns and one ahead: bytes cross to the worker without
 * leaving anything to collect. Taking a block ends the use of the last but one.
 */
export class SharedBlocks {
  readonly #blocks: Uint8Array[] = [];
  #filled = 0;
  #ahead: Promise<Uint8Array | null> | null = null;
  #rest: Uint8Array = nothing;

  constructor(private readonly source: AsyncIterator<Uint8Array>) {}

  /** The next bytes; null at the end. Rejects with what the source throws. */
  async take(): Promise<Uint8Array | null> {
    const taken = await (this.#ahead ?? this.#fill());
    this.#ahead = taken === null ? null : this.#fill();
    this.#ahead?.catch(() => undefined);
    return taken;
  }

  /** Lets the source know that no more is wanted. */
  close(): void {
    void this.source.return?.().catch(() => undefined);
  }

  async #fill(): Promise<Uint8Array | null> {
    const number = this.#filled % blocksInUse;
    this.#filled += 1;
    const block = this.#blocks[number] ?? new Uint8Array(new SharedArrayBuffer(blockLength));
    this.#blocks[number] = block;
    let length = 0;
    let turnEnds = bytesATurn;
    while (length < blockLength) {
      if (length >= turnEnds) {
        turnEnds = length + bytesATurn;
        await othersHadTheirTurn();
      }
      if (this.#rest.length === 0) {
        const { value, done } = await this.source.next();
        if (done === true) break;
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, blockLength - length);
      block.set(part, length);
      length += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return length === 0 ? null : block.subarray(0, length);
  }
}
