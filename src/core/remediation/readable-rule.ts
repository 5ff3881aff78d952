import type { FreezeWindow, Rule } from "./rule.js";

const weekday = /^(?:mon|tue|wed|thu|fri|sat|sun)$/;
const date = /^\d{4}-\d\d-\d\d$/;
const clock = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** False for a rule that can't mean what it says: it must not be passed over in silence. */
export function isReadable(rule: Rule): boolean {
  const counts = [rule.maxReruns, rule.perHours, rule.coolDownMinutes, rule.expiresMinutes];
  const positive = [rule.perHours, rule.expiresMinutes, rule.quorum, rule.quorumUnlessIdempotent];
  const patterns = [rule.connection, rule.dag, rule.tag, rule.task, rule.environment];
  return (
    counts.every((count) => said(count, (value) => Number.isFinite(value) && value >= 0)) &&
    positive.every((count) => said(count, (value) => Number.isFinite(value) && value > 0)) &&
    patterns.every((glob) => said(glob, (value) => typeof value === "string" && value !== "")) &&
    said(rule.approvers, isListOfIds) &&
    [rule.fourEyes, rule.idempotent, rule.allowed].every((flag) => said(flag, (value) => typeof value === "boolean")) &&
    said(rule.freeze, (windows) => Array.isArray(windows) && windows.every(isWindow)) &&
    said(rule.autoAllow, (auto) => auto === false || isStanding(auto))
  );
}

function said<T>(value: T | null | undefined, holds: (value: T) => boolean): boolean {
  return value === null || value === undefined || holds(value);
}

function isListOfIds(value: readonly string[]): boolean {
  return Array.isArray(value) && value.every((id) => typeof id === "string" && id !== "");
}

function isWindow(window: FreezeWindow): boolean {
  return (
    window.days.every((day) => weekday.test(day) || day.split("..").every(isDate)) &&
    clock.test(window.from) &&
    clock.test(window.to) &&
    window.timezone !== "" &&
    said(window.until, isDate)
  );
}

function isStanding(auto: Exclude<Rule["autoAllow"], false | null | undefined>): boolean {
  const limits = [auto.maxReruns, auto.perHours];
  return (
    auto.steps.length > 0 &&
    auto.approvedBy !== "" &&
    limits.every((limit) => Number.isFinite(limit) && limit > 0) &&
    !Number.isNaN(Date.parse(auto.until))
  );
}

function isDate(text: string): boolean {
  return date.test(text) && !Number.isNaN(Date.parse(text));
}
