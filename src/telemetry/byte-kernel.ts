import { type LiteralTables, mostCompared } from "./literal-tables.js";

/** byte-kernel.wat, assembled; a test compares them. */
const assembled =
  "AGFzbQEAAAABDAFgB39/f39/f38BfwMCAQAFAwEABQYLAn8BQQALfwFBAAsHIwQGbWVtb3J5AgAFbGluZXMDAAd3cml0dGVuAwEEZmluZAAACqQHAaEHBBh7An8Bfgd/IAD9AAQAIQcgAP0ABBAhCCAA/QAEICEJIAD9AAQwIQogAP0ABEAhCyAA/QAEUCEMIAD9AARgIQ0gAP0ABHAhDiAA/QAEgAEhDwJAA0AgASACQQRqTw0BIAH9AAQAIRAgECAN/SP9ZCEfIBAgDv1OIREgEEEE/Y0BIA/9TiEVIBogFf0NDxAREhMUFRYXGBkaGxwdHiESIBUgEiAS/W79UCESIAcgEf0OIRYgCCAR/Q4gGyAW/Q0PEBESExQVFhcYGRobHB0e/U4hFyAJIBH9DiAMIBL9Dv1OIRggCiAR/Q4gHSAY/Q0PEBESExQVFhcYGRobHB0e/U4hGSALIBH9DiAeIBn9DQ8QERITFBUWFxgZGhscHR79TiAcIBf9DQ0ODxAREhMUFRYXGBkaGxz9TiETIAH9AAQQIRAgECAN/SP9ZCEgIBAgDv1OIREgEEEE/Y0BIA/9TiEaIBUgGv0NDxAREhMUFRYXGBkaGxwdHiESIBogEiAS/W79UCESIAcgEf0OIRsgCCAR/Q4gFiAb/Q0PEBESExQVFhcYGRobHB0e/U4hHCAJIBH9DiAMIBL9Dv1OIR0gCiAR/Q4gGCAd/Q0PEBESExQVFhcYGRobHB0e/U4hHiALIBH9DiAZIB79DQ8QERITFBUWFxgZGhscHR79TiAXIBz9DQ0ODxAREhMUFRYXGBkaGxz9TiEUICIgIadpaiEiICFCIIggHyAgQRB0cq1CIIaEISEgEyAU/VD9UwRAQX8gE/0MAAAAAAAAAAAAAAAAAAAAAP0j/WQgFP0MAAAAAAAAAAAAAAAAAAAAAP0j/WRBEHRycyEkA0AgASAkaGpBBGshJSAAICUoAgBBoMCAAXJB////B3FBsfPd8XlsQRR2QQF0ai8BkAMhJiAmQQBHICUgAklxBEAgIiAhQgEgJGitQhx8hkIBfYN7p2ohIyAFIAZPBEAgIyQAIAUkASAlDwsDQCAFICY2AgQgBSAjNgIIIAAgJkEkbGohJiAlICYtAO5CayEnICYtAO9CISggBSAnNgIAAkAgJyADSQ0AICcgKGogBEsNAANAIChBAWshKCAmIChqLQDwQiAAICcgKGotAABqLQCQAUcNASAoDQALIAVBDGohBQsgJi8B7EIhJiAmDQALCyAkICRBAWtxIiQNAAsLIAFBIGohAQwACwsgIiAhQgEgAkHAAGogAWuthkIBfYN7p2okACAFJAEgAgs=";

/** What is used of the global, which TypeScript declares among a browser's types only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly lines: { readonly value: number };
  readonly written: { readonly value: number };
  find(tables: number, from: number, to: number, low: number, high: number, out: number, most: number): number;
}

/** So many bytes are looked at in one call at most. */
export const blockLength = 65_536;
const page = 65_536;
/** Before the text and behind it: the kernel reads so far on, and a literal may begin or end there. */
const margin = 64;
const textAt = margin;
const tablesAt = textAt + blockLength + margin;
const foundLength = 12;
/** So much is written at least before a call ends early. */
const mostFound = 8_192 * foundLength;

const kernel = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(assembled, "base64"))).exports as Exports;
let bytes = Buffer.from(kernel.memory.buffer);
let words = new Int32Array(kernel.memory.buffer);
let loaded: LiteralTables | null = null;
let foundAt = 0;

/** What was found in a part of a text. */
export interface Found {
  /** For each its start in the text, its literal's number, and the line ends between `from` and its window. */
  readonly places: Int32Array;
  /** Where the next part begins. */
  readonly end: number;
  /** In the part. */
  readonly lineEnds: number;
}

const nothing = new Int32Array(0);

/** The literals of which the window starts in `text` from `from` on, up to a block's length behind it. */
export function findLiterals(tables: LiteralTables, text: Uint8Array, from: number): Found {
  load(tables);
  const to = Math.min(text.length, from + blockLength);
  const low = Math.max(0, from - mostCompared);
  const high = Math.min(text.length, to + mostCompared);
  bytes.set(text.subarray(low, high), textAt + low - from);
  const end = find(textAt, textAt + to - from, textAt + low - from, textAt + high - from) - textAt + from;
  const count = (kernel.written.value - foundAt) / 4;
  const places = count === 0 ? nothing : words.slice(foundAt / 4, foundAt / 4 + count);
  for (let index = 0; index < count; index += 3) places[index] = (places[index] ?? 0) - textAt + from;
  return { places, end, lineEnds: kernel.lines.value };
}

/** Visits the literals in the low bytes of a text's characters; not longer than `blockLength`. */
export function findInText(tables: LiteralTables, text: string, take: (start: number, literal: number) => void): void {
  load(tables);
  bytes.write(text, textAt, text.length, "latin1");
  const to = textAt + text.length;
  for (let from = textAt; from < to; ) {
    from = find(from, to, textAt, to);
    const end = kernel.written.value / 4;
    for (let index = foundAt / 4; index < end; index += 3) take((words[index] ?? 0) - textAt, words[index + 1] ?? 0);
  }
}

function find(from: number, to: number, low: number, high: number): number {
  return kernel.find(tablesAt, from, to, low, high, foundAt, foundAt + mostFound);
}

function load(tables: LiteralTables): void {
  if (loaded === tables) return;
  loaded = tables;
  foundAt = tablesAt + Math.ceil(tables.bytes.length / 4) * 4;
  /** A last window may start all literals. */
  const needed = foundAt + mostFound + (tables.literals + 1) * foundLength;
  if (needed > bytes.length) {
    kernel.memory.grow(Math.ceil((needed - bytes.length) / page));
    bytes = Buffer.from(kernel.memory.buffer);
    words = new Int32Array(kernel.memory.buffer);
  }
  bytes.set(tables.bytes, tablesAt);
}
