import { randomBytes } from "node:crypto";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { createAnswerer } from "../agent/answer.js";
import type { Answer } from "../agent/answer-lines.js";
import type { ReadTool } from "../agent/deepen.js";
import { createInvestigator, type Investigation } from "../agent/investigate.js";
import type { Config } from "../config/config.js";
import type { Failure } from "../core/failure.js";
import { joinIdentities } from "../core/identity.js";
import type { Incident } from "../core/incident.js";
import type { Requester } from "../core/person.js";
import type { Clock, Connections, Ids, Logger } from "../core/ports.js";
import { type Audience, mayRead, mayTellOf, type Readable, type ReadingRule, readablesOf } from "../core/reading.js";
import { matchesGlob } from "../core/remediation/glob.js";
import type { Runbook } from "../core/runbook.js";
import type { Store } from "../core/store.js";
import { openIncidentFor } from "../flows/open-incident-for.js";
import { createProposals, type ProposalDesk } from "../flows/propose.js";
import { createLogAnalyzer } from "../logs/worker.js";
import { connectInMemory } from "../mcp/client.js";
import { createMcpServer, type McpServerDeps } from "../mcp/server.js";
import { canonicalDigest } from "../store/canonical-digest.js";
import { createIds } from "../store/ids.js";
import type { Lock } from "../store/lowdb/lock.js";
import { withPseudonyms } from "../store/pseudonymous.js";
import { maskValues } from "../telemetry/mask-values.js";
import { createRedactor } from "../telemetry/redact.js";
import { tools } from "../tools/index.js";
import type { ToolPorts } from "../tools/ports.js";
import { limitPorts } from "../tools/reading/limit-ports.js";
import { type Audit, openAudit } from "./audit.js";
import { openConnections } from "./connections.js";
import { asksModel, mayLeave } from "./model-rules.js";
import { configuredSecrets } from "./secrets.js";
import { openStore } from "./store.js";
import { zoneCalendar } from "./zone-calendar.js";

/** What the process that holds a data folder has, with or without chat surfaces. */
export interface Core {
  readonly store: Store;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly connections: Connections;
  readonly proposals: ProposalDesk;
  readonly ownerOf: (dagId: string) => string | null;
  /** Failures that not the same people may read about share no thread. */
  readonly readingRules: readonly ReadingRule[];
  /** Replaces secrets, ours and those of known formats. */
  readonly redact: (text: string) => string;
  /** Hides the values of people's data that error details quote, unless the configuration says not to. */
  readonly hideValues: (text: string) => string;
  investigate(failure: Failure): Promise<Investigation>;
  /** True where Claude reads on by itself; absent without it. */
  readonly asksModel?: (incident: Incident) => boolean;
  answer(
    question: { readonly text: string; readonly incidentId: string | null },
    requester: Requester,
    audience: Audience,
  ): Promise<Answer>;
  /** Tools that only read, for a model that reads on in this incident: nothing that its thread's readers may not see, or that may not leave. */
  openReadTools(incident: Incident): Promise<{ readonly tools: readonly ReadTool[]; close(): Promise<void> }>;
  /** An MCP server for one session, whose proposals are the requester's; without `mayPropose` it only reads. */
  createServer(requester: Requester, mayPropose: boolean): McpServer;
  close(): Promise<void>;
}

export interface CoreDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lock: Lock;
  readonly version: string;
}

/** Opens the store, the clients, the log worker and the tools; nothing is polled and nothing is shown yet. */
export async function openCore(config: Config, deps: CoreDeps): Promise<Core> {
  const { clock, logger } = deps;
  const ids = createIds((count) => randomBytes(count), clock);
  const rows = await openStore(config, { clock, ids, logger, lock: deps.lock });
  const store = withPseudonyms(rows, ids);
  const audit = await openAudit(config, { store, clock, logger });
  const secrets = configuredSecrets(config);
  const redactor = createRedactor({ configuredSecrets: secrets });
  const redact = (text: string): string => redactor.redact(text).text;
  const hideValues = config.privacy.maskValues ? maskValues : (text: string): string => text;
  const clients = openConnections(config, { clock, redact, proxy: config.proxy, logger });
  const analyzer = createLogAnalyzer({ redactor: { configuredSecrets: secrets } });
  const { connections } = clients;
  const ownerOf = ownersOf(config);
  const environment = config.mode;
  const policy = config.policy;
  const readingRules = config.reading;
  const whoIsWho = joinIdentities(config.people);
  const proposals = createProposals({
    store,
    connections,
    policy,
    clock,
    ids,
    digest: canonicalDigest,
    calendar: zoneCalendar,
    logger,
    environment,
  });
  const simulated = config.mode === "sandbox";

  function ports(requester: Requester): ToolPorts {
    const incidents: ToolPorts["incidents"] = {
      get: (incidentId) => store.transact((tx) => tx.incidents.get(incidentId)),
      list: (filter) => store.transact((tx) => tx.incidents.find(filter)),
      openFor: (failure) =>
        openIncidentFor(failure, {
          store,
          clock,
          ids,
          logger,
          simulated,
          investigate,
          proposals,
          ownerOf,
          readingRules,
        }),
    };
    return { connections, analyzer, incidents, proposals, clock, requester };
  }
  const serve = (ports: ToolPorts, leave: (text: string) => string, more: Partial<McpServerDeps> = {}): McpServer =>
    createMcpServer({ tools, ports, redact: leave, logger, version: deps.version, ...more });
  const serveTo = (requester: Requester, audience: Audience, more: Partial<McpServerDeps> = {}): McpServer => {
    const all = ports(requester);
    const seen = readingRules.length === 0 ? all : limitPorts(all, (about) => mayRead(readingRules, about, audience));
    return serve(seen, (text) => hideValues(redact(text)), more);
  };
  // The store keeps the values, so that they can be shown to a person who asks.
  const inside = await connectInMemory(serve(ports({ kind: "alert" }), redact));
  const investigate = createInvestigator({ tools: inside });

  return {
    store,
    audit,
    clock,
    ids,
    logger,
    connections,
    proposals,
    ownerOf,
    readingRules,
    redact,
    hideValues,
    investigate,
    ...(config.claude === null ? {} : { asksModel: (incident) => asksModel(config, incident) }),
    async answer(question, requester, audience) {
      const caller = await connectInMemory(serveTo(requester, audience));
      try {
        return await createAnswerer({ tools: caller, clock })(question);
      } finally {
        await caller.close();
      }
    },
    async openReadTools(incident) {
      const here = readablesOf(incident);
      const open = limitPorts(
        ports({ kind: "alert" }),
        (about) => mayLeave(config, about.connection) && mayTellOf(readingRules, here, [about]),
      );
      const caller = await connectInMemory(serve(open, (text) => hideValues(redact(text))));
      const listed = (await caller.list()).filter(({ isReadOnly }) => isReadOnly);
      const tools = listed.map((tool) => ({ ...tool, call: (input: object) => caller.call(tool.name, { ...input }) }));
      return { tools, close: () => caller.close() };
    },
    // An MCP client has no channel, and reads what its operating-system user or its token's person may read in private.
    createServer(requester, mayPropose) {
      const audience = { personId: idOf(requester), channel: null, isPrivate: true, identityOf: whoIsWho };
      const isOpen = (about: Readable): boolean => mayRead(readingRules, about, audience);
      const names = [...connections.airflow.keys(), ...connections.databricks.keys()];
      return serveTo(requester, audience, {
        ...offeredTools(mayPropose),
        toolList: config.mcp.toolList,
        guide: { runbooks: config.runbooks.filter((runbook) => mayReadRunbook(runbook, names, isOpen)) },
      });
    },
    async close() {
      await inside.close();
      clients.close();
      await analyzer.close();
      await audit.relay();
      await store.close();
    },
  };
}

/** Read-only, or all of them. */
function offeredTools(mayPropose: boolean): Pick<McpServerDeps, "tools" | "withheld"> {
  if (mayPropose) return { tools };
  const writers = tools.filter(({ readOnly }) => !readOnly);
  return { tools: tools.filter(({ readOnly }) => readOnly), withheld: writers.map(({ name }) => name) };
}

/** A note about DAGs that somebody may not read about tells of them. */
function mayReadRunbook(
  { dags }: Runbook,
  connections: readonly string[],
  isOpen: (about: Readable) => boolean,
): boolean {
  return dags.every((name) => connections.every((connection) => isOpen({ connection, name })));
}

function idOf(requester: Requester): string {
  return requester.kind === "person" ? requester.id : "alert";
}

/** The first owner whose pattern fits; `*` stands for any run of characters. */
function ownersOf(config: Config): (dagId: string) => string | null {
  return (dagId) => config.owners.find((entry) => matchesGlob(entry.dag, dagId))?.owner ?? null;
}
