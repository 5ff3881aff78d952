import { StringDecoder } from "node:string_decoder";

/** The SDK's own limit for one message. */
const mostCharacters = 10 * 1024 * 1024;

/** Cuts a byte stream into lines in bounded memory; a line over the limit is dropped whole and reported. */
export function splitLines(onLine: (line: string) => void, onTooLong: () => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder("utf8");
  let parts: string[] = [];
  let length = 0;
  let dropping = false;

  const end = (last: string): void => {
    const line = [...parts, last].join("").replace(/\r$/, "");
    const dropped = dropping;
    parts = [];
    length = 0;
    dropping = false;
    if (dropped) onTooLong();
    else if (line.trim() !== "") onLine(line);
  };

  return (chunk) => {
    const pieces = decoder.write(chunk).split("\n");
    const rest = pieces.pop() ?? "";
    for (const piece of pieces) end(piece);
    length += rest.length;
    if (length > mostCharacters) {
      dropping = true;
      parts = [];
    } else if (!dropping) parts.push(rest);
  };
}
