import type { Several } from "./policy-target.js";
import type { Said, Standing, Weighed } from "./weigh.js";

/** What holds for a plan that touches several things: of each guard the strictest. */
export function strictestOf([first, ...others]: Several<Weighed>): Weighed {
  return others.reduce(stricter, first);
}

function stricter(one: Weighed, other: Weighed): Weighed {
  return {
    refusal: one.refusal.value === null ? other.refusal : one.refusal,
    approvers: common(one.approvers, other.approvers, (id) => id),
    quorum: furthest(one.quorum, other.quorum, Math.max),
    fourEyes: one.fourEyes.value ? joined(one.fourEyes, other.fourEyes) : other.fourEyes,
    maxReruns: furthest(one.maxReruns, other.maxReruns, Math.min),
    perHours: furthest(one.perHours, other.perHours, Math.max),
    coolDownMinutes: furthest(one.coolDownMinutes, other.coolDownMinutes, Math.max),
    expiresMinutes: furthest(one.expiresMinutes, other.expiresMinutes, Math.min),
    freeze: { value: [...new Set([...one.freeze.value, ...other.freeze.value])], by: names(one.freeze, other.freeze) },
    idempotent: unlessBoth(one.idempotent, other.idempotent),
    standing: common(one.standing, other.standing, ({ rule }: Standing) => rule),
  };
}

function furthest(one: Said<number>, other: Said<number>, stricter: (a: number, b: number) => number): Said<number> {
  if (one.value === other.value) return joined(one, other);
  return stricter(one.value, other.value) === one.value ? one : other;
}

/** Only what is safe to repeat in each part is safe as a whole. */
function unlessBoth(one: Said<boolean | null>, other: Said<boolean | null>): Said<boolean | null> {
  if (one.value === other.value) return joined(one, other);
  if (one.value === false || other.value === true) return one;
  return other;
}

function common<T>(one: Said<readonly T[]>, other: Said<readonly T[]>, key: (item: T) => string): Said<readonly T[]> {
  const kept = new Set(other.value.map(key));
  return { value: one.value.filter((item) => kept.has(key(item))), by: names(one, other) };
}

function joined<T>(one: Said<T>, other: Said<T>): Said<T> {
  return { value: one.value, by: names(one, other) };
}

function names(one: Said<unknown>, other: Said<unknown>): readonly string[] {
  return [...new Set([...one.by, ...other.by])];
}
