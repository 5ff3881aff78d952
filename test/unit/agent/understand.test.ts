import { describe, expect, it } from "vitest";
import { understand } from "../../../src/agent/understand.js";

describe("understanding a question", () => {
  it.each([
    ["why did orders_daily fail?", "why", "orders_daily"],
    ["Why did the run of orders daily fail last night?", "why", "orders"],
    ["what went wrong with customer-360", "why", "customer-360"],
    ["orders_daily broke, root cause?", "why", "orders_daily"],
    [
      "why https://airflow.example.org/dags/a/runs/b?tab=logs",
      "why",
      "https://airflow.example.org/dags/a/runs/b?tab=logs",
    ],
    ["what failed today", "failures", ""],
    ["What failed overnight?", "failures", ""],
    ["which DAGs are failing", "failures", ""],
    ["show failures of finance_close", "failures", "finance_close"],
    ["is orders_daily late?", "late", "orders_daily"],
    ["when will orders_daily finish", "late", "orders_daily"],
    ["what did the last run of orders_daily do", "run", "orders_daily"],
    ["how did orders_daily go", "run", "orders_daily"],
    ["status of orders_daily", "run", "orders_daily"],
    ["what is blocked by orders_daily", "blocked", "orders_daily"],
    ["what is downstream of load_orders?", "blocked", "load_orders"],
    ["has this happened before?", "before", ""],
    ["what changed since the last good run of orders_daily?", "changed", "orders_daily"],
    ["what is different?", "changed", ""],
    ["show me the log around the error", "log", ""],
    ["logs of orders_daily please", "log", "orders_daily"],
    ["rerun orders_daily", "rerun", "orders_daily"],
    ["please retry orders_daily again", "rerun", "orders_daily"],
    ["who approved the last rerun of orders_daily?", "approved", "orders_daily"],
    ["mute orders_daily for 2h", "mute", "orders_daily"],
    ["can we rerun orders_daily?", "may_rerun", "orders_daily"],
    ["should I retry customer_360", "may_rerun", "customer_360"],
    ["would a rerun of customer_360 help?", "may_rerun", "customer_360"],
    ["is it safe to rerun payments_recon", "may_rerun", "payments_recon"],
    ["can it be restarted?", "may_rerun", ""],
    ["can you rerun orders_daily", "rerun", "orders_daily"],
    ["is customer_360 ok?", "ok", "customer_360"],
    ["how is orders_daily", "ok", "orders_daily"],
    ["who owns payments_recon?", "owner", "payments_recon"],
    ["compare orders_daily with the last good run", "changed", "orders_daily"],
    ["Warum ist orders_daily fehlgeschlagen?", "why", "orders_daily"],
    ["was ist heute fehlgeschlagen?", "failures", ""],
    ["zeig mir das Log von orders_daily", "log", "orders_daily"],
    ["ist orders_daily verspätet?", "late", "orders_daily"],
    ["können wir orders_daily wiederholen?", "may_rerun", "orders_daily"],
    ["status", "status", ""],
    ["help", "help", ""],
    ["?", "help", ""],
    ["hello", "help", ""],
    ["what can you do", "help", ""],
    ["sing me a song", "unknown", "sing song"],
  ])("%s", (question, kind, subject) => {
    const understood = understand(question);
    expect(understood.kind).toBe(kind);
    expect(understood.subject).toContain(subject);
    if (subject === "") expect(understood.subject).toBe("");
  });

  it.each([
    ["what failed in the last 6 hours", "6h"],
    ["what failed in the past 3 days", "3d"],
    ["what failed today", "today"],
    ["what failed overnight", "overnight"],
    ["what failed yesterday", "yesterday"],
    ["what failed this week", "7d"],
    ["what failed", "24h"],
    ["what failed since 6", "06:00"],
    ["what failed since 6:30pm", "18:30"],
    ["was ist seit 7 Uhr fehlgeschlagen?", "07:00"],
    ["what failed since 2026-11-20", "2026-11-20"],
    ["what failed since 2026-11-20 06:00", "2026-11-20T06:00"],
    ["what failed since 99", "24h"],
  ])("%s looks back %s", (question, since) => {
    expect(understand(question).since).toBe(since);
  });

  it.each([
    ["mute orders_daily", 4],
    ["mute orders_daily 2h", 2],
    ["mute orders_daily for 3 days", 72],
    ["mute orders_daily for 90 minutes", 2],
    ["mute orders_daily for 999 days", 168],
  ])("%s means %i hours", (question, hours) => {
    expect(understand(question).hours).toBe(hours);
  });

  it.each([
    ["why did orders_daily and customer_360 fail?", ["orders_daily", "customer_360"]],
    ["why did orders_daily, customer_360 und finance_close fail", ["orders_daily", "customer_360", "finance_close"]],
    ["why did load_orders of orders_daily fail", []],
    ["why did orders and customers fail", []],
  ])("%s means each of %j", (question, subjects) => {
    expect(understand(question).subjects).toEqual(subjects);
  });

  it("knows a rerun after a fix", () => {
    expect(understand("rerun orders_daily, it's fixed").afterFix).toBe(true);
    expect(understand("rerun orders_daily").afterFix).toBe(false);
  });

  it("comes to an end on a hostile text", () => {
    const long = `what ${"a ".repeat(500_000)}failed ${"?!".repeat(100_000)}`;
    expect(understand(long).kind).toBe("unknown");
  });
});
