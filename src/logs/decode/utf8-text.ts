import { isAscii } from "node:buffer";

const byteOrderMark = 0xfeff;

/** Bytes in chunks become text; invalid UTF-8 becomes U+FFFD, a byte order mark at the start is dropped. */
export class Utf8Text {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #started = false;
  /** The decoder may hold the beginning of a character. */
  #torn = false;

  push(chunk: Uint8Array): string {
    if (chunk.length === 0) return "";
    if (!this.#torn && isAscii(chunk)) {
      this.#started = true;
      return asciiText(chunk);
    }
    this.#torn = (chunk.at(-1) ?? 0) >= 0x80;
    return this.#withoutMark(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): string {
    return this.#withoutMark(this.#decoder.decode());
  }

  #withoutMark(text: string): string {
    if (this.#started || text === "") return text;
    this.#started = true;
    return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
  }
}

/** A byte a character, where the decoder would take two for each: most logs are such text. */
function asciiText(chunk: Uint8Array): string {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
}
