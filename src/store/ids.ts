import type { Clock, Ids } from "../core/ports.js";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const prefixes = {
  incident: "inc",
  proposal: "pro",
  audit: "aud",
  event: "evt",
  outbox: "out",
  person: "per",
} as const;

/** Ids like `pro_01kam…`: time, a counter within the millisecond, then 80 random bits. `random` returns that many bytes. */
export function createIds(random: (bytes: number) => Uint8Array, clock: Clock): Ids {
  let lastMs = 0;
  let counter = 0;
  return {
    next(kind) {
      const now = clock.now().getTime();
      // A clock that is set back must not make a later id sort before an earlier one.
      counter = now > lastMs ? 0 : counter + 1;
      lastMs = Math.max(lastMs, now);
      return `${prefixes[kind]}_${base32(lastMs, 10)}${base32(counter, 4)}${randomPart(random(16))}`;
    },
  };
}

function base32(value: number, width: number): string {
  let rest = value;
  let text = "";
  for (let i = 0; i < width; i += 1) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function randomPart(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += alphabet.charAt(byte % 32);
  return text;
}
