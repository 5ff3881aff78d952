import { type Answer, answerOf, code, text } from "../answer-lines.js";

const examples = [
  ["why did orders_daily fail", "the cause, with its proof"],
  ["is orders_daily ok", "how its newest run stands, and why it failed"],
  ["what failed since 6", "everything that is still failed; hours are UTC, and overnight, today, this week will do"],
  ["is orders_daily late", "and when it should finish"],
  ["what is late", "everything that should have started or ended by now"],
  ["what did the last run of orders_daily do", "its tasks and their states"],
  ["what is blocked by orders_daily", "the tasks behind it"],
  ["has this happened before", "earlier incidents like it and how they ended"],
  ["what changed since orders_daily last went well", "version, conf, duration, job, row counts"],
  ["show me the log around the error", "the lines beside the cause"],
  ["can we rerun orders_daily", "whether a rerun helps; nothing is proposed by asking"],
  ["rerun orders_daily", "a proposal that a person must approve"],
  ["who owns orders_daily", "its owner"],
  ["who approved the last rerun of orders_daily", "the decisions"],
  ["mute orders_daily 4h", "no messages for a while"],
  ["status", "open incidents and waiting proposals"],
] as const;

/** What can be asked. */
export function help(): Answer {
  return answerOf([
    [text("I answer questions about your Airflow and Databricks pipelines. Ask, with your own DAG names:")],
    ...examples.map(([question, gives]) => [code(question), text(` ${gives}`)]),
  ]);
}
