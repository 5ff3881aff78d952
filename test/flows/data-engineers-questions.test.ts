import { getEncoding } from "js-tiktoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAnswerer } from "../../src/agent/answer.js";
import { deepen } from "../../src/agent/deepen.js";
import { answerCard } from "../../src/chat/cards/index.js";
import { createClaude } from "../../src/clients/model/index.js";
import { connectInMemory, type InMemoryCaller } from "../../src/mcp/client.js";
import {
  type AskedOfClaude,
  type ClaudeDouble,
  claudeAt,
  claudeDouble,
  type Reply,
} from "../fixtures/claude-double.js";
import { type AskedQuestion, questions } from "../fixtures/data-engineers-questions.js";
import { wordsOf } from "../fixtures/recording-adapter.js";
import { ana, type Company, openCompany } from "../fixtures/simulated-company.js";

/** What data engineers ask, answered over the whole simulated company: by rules alone, and by a scripted model. */
let company: Company;
let claude: ClaudeDouble;
let reply: (asked: AskedOfClaude) => Reply = () => ({});
let caller: InMemoryCaller;
let places: Readonly<Record<string, string>>;
const tokens = getEncoding("o200k_base");
const right = { rules: 0, model: 0 };
const spent = { rules: [] as number[], model: [] as number[] };

/** What one answer may cost. */
const mostCalls = 3;
const mostRuleTokens = 6_000;
const mostTurns = 2;
const mostModelTokens = 9_000;

beforeAll(async () => {
  claude = await claudeDouble((_, asked) => reply(asked));
  company = await openCompany(3, { change: async (config) => ({ ...config, claude: claudeAt(claude.url) }) });
  await company.polls.stop();
  const { createServer } = company.core;
  caller = await connectInMemory(createServer({ kind: "person", id: ana.id, name: ana.displayName }, true));
  const orders = await company.incidentOf("orders_daily");
  const { failures, links } = await company.incidentOf("marketing_attribution");
  const [failed] = failures;
  const page = links.find(({ label }) => /airflow/i.test(label))?.url ?? "";
  expect(page).toContain(failed?.kind === "airflow_task" ? failed.dagId : "?");
  places = { airflow: page, databricks: orders.verdict?.databricksRuns[0]?.url ?? "" };
}, 80_000);

afterAll(async () => {
  process.stdout.write(
    `questions: rules ${right.rules}/${questions.length}, scripted model ${right.model}/${questions.length}, ` +
      `mean ${mean(spent.rules)} tokens read by rules, mean ${mean(spent.model)} tokens sent to the model\n`,
  );
  await caller?.close();
  await company?.close();
  await claude?.stop();
});

function mean(numbers: readonly number[]): number {
  return Math.round(numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length));
}

async function filled(text: string, { threadOf }: AskedQuestion): Promise<string> {
  const { id } = await company.incidentOf(threadOf ?? "orders_daily");
  return text
    .replace("{airflow}", places["airflow"] ?? "")
    .replace("{databricks}", places["databricks"] ?? "")
    .replace("{incident}", id);
}

describe.each(questions.map((question) => [question.asks, question] as const))("%s", (_, question) => {
  it("is answered by rules: right, cited, with few calls", async () => {
    const calls: string[] = [];
    let read = 0;
    const tools = {
      async call(tool: string, input: Readonly<Record<string, unknown>>) {
        calls.push(tool);
        const result = await caller.call(tool, input);
        read += tokens.encode(JSON.stringify(result)).length;
        return result;
      },
    };
    const thread = question.threadOf === undefined ? null : (await company.incidentOf(question.threadOf)).id;
    const answer = await createAnswerer({ tools, clock: company.core.clock })({
      text: await filled(question.asks, question),
      incidentId: thread,
    });
    const card = answerCard(answer.lines);
    const words = wordsOf(card);
    for (const fact of question.says) expect(words).toMatch(fact);
    if (question.mustNotSay !== undefined) expect(words).not.toMatch(question.mustNotSay);
    expect(/"E\d+ /.test(words), words).toBe(question.cites);
    expect(calls.filter((tool) => !question.tools.includes(tool))).toEqual([]);
    expect(calls.length).toBeLessThanOrEqual(mostCalls);
    expect(read).toBeLessThanOrEqual(mostRuleTokens);
    spent.rules.push(read);
    right.rules += 1;
  });

  it("is answered by a model in two requests: each claim proven by what it read", async () => {
    const { tool, input, quotes } = question.model;
    const given = Object.fromEntries(
      await Promise.all(
        Object.entries(input).map(async ([key, value]) => [
          key,
          typeof value === "string" ? await filled(value, question) : value,
        ]),
      ),
    ) as Record<string, unknown>;
    reply = (asked) =>
      asked.messages.some(({ role }) => role === "tool")
        ? { calls: [provenBy(asked, quotes)] }
        : { calls: [{ name: tool, input: given }] };
    const before = claude.asked().length;
    const incident = await company.incidentOf(question.threadOf ?? "orders_daily");
    const room = await company.core.openReadTools(incident);
    try {
      const { reading, progress } = await deepen(
        {
          incident,
          question: await filled(question.asks, question),
          before: null,
          signal: AbortSignal.timeout(60_000),
          onProgress: async () => true,
        },
        {
          model: createClaude({ apiKey: () => "key", baseUrl: claude.url, model: "claude-test", fetch }),
          tools: room.tools,
          budget: { ...claudeAt(claude.url).budget, mostTurns },
          clock: company.core.clock,
        },
      );
      expect(reading?.dropped).toBe(0);
      expect(reading?.claims[0]?.quotes[0]?.text).toMatch(quotes);
      expect(progress.steps).toEqual([tool]);
      const sent = claude
        .asked()
        .slice(before)
        .map(({ messages, tools }) => tokens.encode(JSON.stringify({ messages, tools })).length);
      expect(sent.length).toBe(2);
      const all = sent.reduce((sum, one) => sum + one, 0);
      expect(all).toBeLessThanOrEqual(mostModelTokens);
      spent.model.push(all);
      right.model += 1;
    } finally {
      await room.close();
    }
  });
});

/** The answer a careful model gives: one sentence, and the words in which the tool said so. */
function provenBy(asked: AskedOfClaude, quotes: RegExp) {
  const last = asked.messages.findLast(({ role }) => role === "tool");
  const text = String(last?.content ?? "");
  const at = quotes.exec(text);
  const quote = at === null ? "nothing that stands there" : text.slice(at.index, at.index + Math.max(at[0].length, 12));
  const claims = [{ text: "That is what was read.", quotes: [{ from: "R1", text: quote }] }];
  return { name: "give_answer", input: { category: null, claims, alternatives: [], next_step: null } };
}
