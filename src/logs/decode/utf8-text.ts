/** Bytes in chunks become text; invalid UTF-8 becomes U+FFFD, a byte order mark at the start is dropped. */
export class Utf8Text {
  readonly #decoder = new TextDecoder("utf-8");

  push(chunk: Uint8Array): string {
    return this.#decoder.decode(chunk, { stream: true });
  }

  end(): string {
    return this.#decoder.decode();
  }
}
