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

  it("knows a rerun after a fix", () => {
    expect(understand("rerun orders_daily, it's fixed").afterFix).toBe(true);
    expect(understand("rerun orders_daily").afterFix).toBe(false);
  });

  it("comes to an end on a hostile text", () => {
    const long = `what ${"a ".repeat(500_000)}failed ${"?!".repeat(100_000)}`;
    expect(understand(long).kind).toBe("unknown");
  });
});
