/** byte-kernel.wat, assembled; a test compares them. */
const assembled =
  "AGFzbQEAAAABBwFgAn9/AX8DAwIAAAUDAQAGBygDBm1lbW9yeQIAC2ZpbmRXaW5kb3dzAAANY291bnRMaW5lRW5kcwABCvgDApADAgt7BH/9DA8PDw8PDw8PDw8PDw8PDw8hCkEA/QAEACECQRD9AAQAIQZBIP0ABAAhA0Ew/QAEACEHQcAA/QAEACEEQdAA/QAEACEIQeAA/QAEACEFQfAA/QAEACEJQYDBACEQAkADQCAAIAFPDQEgAP0ABAAhCyACIAsgCv1O/Q4gBiALQQT9bf0O/U4hDCAA/QAEASELIAwgAyALIAr9Tv0OIAcgC0EE/W39Dv1O/U4hDCAA/QAEAiELIAwgBCALIAr9Tv0OIAggC0EE/W39Dv1O/U4hDCAA/QAEAyELIAwgBSALIAr9Tv0OIAkgC0EE/W39Dv1O/U4hDCAM/VMEQEH//wMgDP0MAAAAAAAAAAAAAAAAAAAAAP0j/WRzIQ0DQCAAIA1oaiEOIA4oAgBBoMCAgQJyQbHz3fF5bEEQdiEPIA9BA3YtAIABIA9BB3F2QQFxBEAgDiABSQRAIBAgDjYCACAQQQRqIRALCyANIA1BAWtxIg0NAAsLIABBEGohAAwACwsgEEGAwQBrQQJ2C2QBAX8CQANAIABBEGogAUsNASACIAD9AAQA/QwKCgoKCgoKCgoKCgoKCgoK/SP9ZGlqIQIgAEEQaiEADAALCwJAA0AgACABTw0BIAIgAC0AAEEKRmohAiAAQQFqIQAMAAsLIAIL";

/** What is used of the global, which TypeScript declares among a browser's types only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  findWindows(from: number, to: number): number;
  countLineEnds(from: number, to: number): number;
}

/** Bytes 0 to 8319 of the kernel's memory: what it looks for (literal-scanner.ts). */
export const tableLength = 8_320;
/** So many bytes are looked at in one call at most. */
export const blockLength = 65_536;
const windowsAt = tableLength;
const textAt = windowsAt + blockLength * 4 + 128;
/** The kernel reads so far behind the last start. */
const readBehind = 18;

const { memory, ...kernel } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(assembled, "base64")))
  .exports as Exports;
const bytes = Buffer.from(memory.buffer);
const windows = new Int32Array(memory.buffer, windowsAt, blockLength);
const nothing = new Int32Array(0);
let loaded: Uint8Array | null = null;

/** Where among the first `starts` bytes from `from` a window may start that the tables name, relative to `from`. */
export function findWindows(tables: Uint8Array, text: Uint8Array, from: number, starts: number): Int32Array {
  bytes.set(text.subarray(from, from + starts + readBehind), textAt);
  return windowsAmong(tables, starts);
}

/** The same in the low bytes of a text's characters; not longer than `blockLength`. */
export function findWindowsInText(tables: Uint8Array, text: string, starts: number): Int32Array {
  bytes.write(text, textAt, text.length, "latin1");
  return windowsAmong(tables, starts);
}

/** A copy where anything was found: whoever goes through it may look for more meanwhile. */
function windowsAmong(tables: Uint8Array, starts: number): Int32Array {
  if (loaded !== tables) {
    bytes.set(tables, 0);
    loaded = tables;
  }
  const count = kernel.findWindows(textAt, textAt + starts);
  return count === 0 ? nothing : windows.slice(0, count).map((at) => at - textAt);
}

/** How many line ends stand in a part of the text. */
export function countLineEnds(text: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += blockLength) {
    const end = Math.min(to, at + blockLength);
    bytes.set(text.subarray(at, end), textAt);
    count += kernel.countLineEnds(textAt, textAt + end - at);
  }
  return count;
}
