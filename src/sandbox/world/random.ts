import type { WorldState } from "./state.js";

/** A number in [0, 1), the next of the world's own row: the same seed and the same history give the same row. */
export function draw(world: WorldState): number {
  world.random = (world.random + 0x6d2b79f5) >>> 0;
  let mixed = world.random;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

/** A whole number in [from, to]. */
export function drawInt(world: WorldState, from: number, to: number): number {
  return from + Math.floor(draw(world) * (to - from + 1));
}

/** `ms`, give or take a tenth. */
export function drawAround(world: WorldState, ms: number): number {
  return Math.round(ms * (0.9 + draw(world) * 0.2));
}

export function drawHex(world: WorldState, length: number): string {
  let text = "";
  while (text.length < length) text += Math.floor(draw(world) * 16).toString(16);
  return text;
}

/** A UUID of version 7, as Airflow 3 gives to task instances. */
export function drawUuid(world: WorldState, at: number): string {
  const time = at.toString(16).padStart(12, "0");
  const variant = (8 + Math.floor(draw(world) * 4)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${drawHex(world, 3)}-${variant}${drawHex(world, 3)}-${drawHex(world, 12)}`;
}

/** A run id above 2^53 and below 2^63, as a decimal string: a client that rounds such ids is found out here. */
export function drawRunId(world: WorldState): string {
  const head = drawInt(world, 100_000_000, 899_999_999);
  const tail = drawInt(world, 0, 499_999_999) * 2 + 1;
  return `${head}${String(tail).padStart(9, "0")}`;
}

/** A job id of fifteen digits. */
export function drawJobId(world: WorldState): string {
  return `${drawInt(world, 1_000_000, 9_999_999)}${String(drawInt(world, 0, 99_999_999)).padStart(8, "0")}`;
}

/** Turns any text or number into the generator's first state. */
export function seedState(seed: number | string): number {
  let hash = 2_166_136_261;
  for (const char of String(seed)) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619);
  return hash >>> 0;
}
