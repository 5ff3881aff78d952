import type { ClaudeConfig, Config } from "../config/config.js";
import type { Model } from "../core/model.js";
import { createDeepenIncident } from "../flows/deepen-incident.js";
import type { OutboxHandler } from "../flows/dispatch-outbox.js";
import type { Core } from "./core.js";
import { incidentMayLeave } from "./model-rules.js";
import { proxiedFetch } from "./proxied-fetch.js";

/** Handles `deepen` with Claude. */
export function deepenWithClaude(claude: ClaudeConfig, config: Config, core: Core): OutboxHandler {
  const { store, clock, ids, logger, redact, hideValues } = core;
  return createDeepenIncident({
    store,
    clock,
    ids,
    logger,
    redact,
    hideValues,
    model: whenUsed(claude, config.proxy),
    budget: claude.budget,
    mostUsdPerDay: claude.mostUsdPerDay,
    openTools: (incident) => core.openReadTools(incident),
    mayLeave: (incident) => incidentMayLeave(config, incident),
  });
}

/** The SDK is loaded when the first question is asked: most failures need none. */
function whenUsed({ apiKey, baseUrl, model }: ClaudeConfig, proxy: string | null): Model {
  let loaded: Promise<Model> | null = null;
  return {
    name: model,
    async converse(conversation) {
      loaded ??= import("../clients/model/index.js").then(({ createClaude }) =>
        createClaude({ apiKey: () => apiKey.read(), baseUrl, model, fetch: proxiedFetch(baseUrl, proxy).fetch }),
      );
      await (await loaded).converse(conversation);
    },
  };
}
