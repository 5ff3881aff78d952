import { z } from "zod";
import { categories } from "../core/verdict.js";

const glob = z.string().min(1).max(200);
/** Names rules, groups and environments. */
export const label = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "use lower-case letters, digits and dashes");
const person = z.string().regex(/^(slack|teams|console|cli):\S{1,120}$/, "write it like slack:U02BOB");
/** Somebody by id, or a group by its name. */
export const approver = z.string().regex(/^(?:(?:slack|teams|console|cli):\S{1,120}|group:[a-z0-9][a-z0-9-]{0,39})$/, {
  error: "write it like slack:U02BOB or group:data-oncall",
});

const clock = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, "write it like 18:00");
const date = z.string().refine(isDate, "write it like 2026-12-24");
const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const days = z
  .string()
  .refine(isDays, "write it like fri, mon-fri, 2026-12-24 or 2026-12-24..2027-01-02")
  .transform(spelledOut);
const moment = z
  .string()
  .refine((text) => isDate(text) || /^\d{4}-\d\d-\d\dT/.test(text), "write it like 2027-03-01")
  .refine((text) => !Number.isNaN(Date.parse(text)), "write it like 2027-03-01");

const freeze = z.strictObject({
  days: z
    .array(days)
    .transform((lists) => lists.flat())
    .default([]),
  from: clock.default("00:00"),
  to: clock.default("24:00"),
  timezone: z.string().refine(isZone, "write a time zone like Europe/Berlin"),
  until: date.optional(),
  reason: z.string().min(1).max(120).optional(),
});

const steps = [
  "airflow_clear",
  "airflow_trigger",
  "databricks_repair",
  "databricks_cancel",
  "databricks_run_now",
  "airflow_set_success",
  "airflow_wait",
] as const;

const autoAllow = z.strictObject({
  steps: z.array(z.enum(steps)).min(1),
  max_reruns: z.number().int().min(1).max(100),
  per_hours: z.number().positive().max(168).default(24),
  approved_by: person,
  until: moment,
});

const rule = z
  .strictObject({
    name: label.optional(),
    connection: glob.optional(),
    dag: glob.optional(),
    tag: glob.optional(),
    task: glob.optional(),
    category: z.enum(categories).optional(),
    environment: label.optional(),
    approvers: z.array(approver).optional(),
    quorum: z.number().int().min(1).max(10).optional(),
    quorum_unless_idempotent: z.number().int().min(1).max(10).optional(),
    four_eyes: z.boolean().optional(),
    max_reruns: z.number().int().min(0).max(100).optional(),
    per_hours: z.number().positive().max(168).optional(),
    cool_down_minutes: z.number().min(0).max(10_080).optional(),
    expires_minutes: z.number().positive().max(1_440).optional(),
    freeze: z.array(freeze).max(50).optional(),
    idempotent: z.boolean().optional(),
    allowed: z.boolean().optional(),
    auto_allow: z
      .union([z.literal(false), autoAllow], "write false, or steps, max_reruns, approved_by and until")
      .optional(),
  })
  .refine(({ auto_allow, name }) => !auto_allow || name !== undefined, "a rule with auto_allow needs a name")
  .refine(
    ({ auto_allow, category }) => !auto_allow || category !== undefined,
    "a rule with auto_allow names one category",
  );

const channel = z.string().regex(/^(slack|teams):\S{1,120}$/, "write it like slack:C0123ABCD");

/** `groups` and `policy` of the YAML file. */
export const policySections = {
  groups: z.record(label, z.array(person).max(200)).default({}),
  policy: z
    .strictObject({
      approvers: z.array(approver).optional(),
      break_glass: z
        .strictObject({
          people: z.array(approver).min(1),
          announce: channel.optional(),
          review_hours: z.number().positive().max(720).default(24),
        })
        .optional(),
      rules: z.array(rule).default([]),
    })
    .optional(),
};

export type RuleEntry = z.infer<typeof rule>;

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function isDays(text: string): boolean {
  if (isDate(text)) return true;
  const [first = "", last, ...more] = text.split("..");
  if (last !== undefined) return more.length === 0 && isDate(first) && isDate(last) && first <= last;
  const ends = text.split("-");
  return ends.length <= 2 && ends.every(isWeekday);
}

/** `fri-mon` is four days: a span may go over the end of the week. */
function spelledOut(text: string): readonly string[] {
  const [from = "", to] = text.split("-");
  if (to === undefined || !isWeekday(from) || !isWeekday(to)) return [text];
  const first = weekdays.indexOf(from);
  const count = (weekdays.indexOf(to) - first + 7) % 7;
  return Array.from({ length: count + 1 }, (_, index) => weekdays[(first + index) % 7] ?? from);
}

function isWeekday(text: string): text is (typeof weekdays)[number] {
  return weekdays.some((day) => day === text);
}

/** Offsets are no zones: they know nothing of daylight saving. */
function isZone(text: string): boolean {
  if (!/^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)*$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
