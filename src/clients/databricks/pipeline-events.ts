import { z } from "zod";
import type { PipelineEvent } from "../../core/pipeline-events.js";
import type { Query } from "../http/paths.js";
import { segment } from "../http/paths.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { list, number, readBody, text } from "../wire-fields.js";

const eventsPerPage = 100;
const mostPages = 5;
const longestException = 4_000;

const expectation = z.object({ name: text, dataset: text, failed_records: number });

const wireEvent = z.object({
  timestamp: text,
  level: text,
  event_type: text,
  message: text,
  origin: z.object({ update_id: text, flow_name: text, dataset_name: text }).nullish().catch(null),
  error: z
    .object({ exceptions: list(z.object({ class_name: text, message: text })) })
    .nullish()
    .catch(null),
  details: z
    .object({
      flow_progress: z
        .object({
          data_quality: z
            .object({ expectations: list(expectation) })
            .nullish()
            .catch(null),
        })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});

const wireEvents = z.object({ events: list(wireEvent), next_page_token: text });

/** The events of a pipeline's updates that fall into the given time, the newest first. */
export async function readPipelineEvents(
  http: Http,
  credentials: Credentials,
  pipelineId: string,
  from: Date,
  to: Date,
): Promise<readonly PipelineEvent[]> {
  const events: PipelineEvent[] = [];
  // The filter knows timestamps without a zone as UTC; what ended later than `to` is another update's.
  const filter = `timestamp >= '${from.toISOString()}' AND timestamp <= '${to.toISOString()}'`;
  let token: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    // A page's token carries the filter: only one of them may be given.
    const query: Query = token === null ? { filter, max_results: eventsPerPage } : { page_token: token };
    const path = `/api/2.0/pipelines/${segment(pipelineId)}/events`;
    const answer: z.output<typeof wireEvents> = await http.read(path, wireEvents, { query, credentials });
    events.push(...answer.events.map(toEvent));
    token = answer.next_page_token === "" ? null : answer.next_page_token;
    if (token === null) break;
  }
  return events;
}

/** Reads a body saved to a file; throws InputError when it is something else. */
export function parsePipelineEvents(body: unknown): readonly PipelineEvent[] {
  return readBody(body, wireEvents, "a pipeline's events").events.map(toEvent);
}

function toEvent(wire: z.output<typeof wireEvent>): PipelineEvent {
  const expectations = wire.details?.flow_progress?.data_quality?.expectations ?? [];
  return {
    at: wire.timestamp,
    updateId: wire.origin?.update_id ?? null,
    type: wire.event_type ?? "unknown",
    level: wire.level ?? "INFO",
    flow: wire.origin?.flow_name ?? wire.origin?.dataset_name ?? null,
    message: wire.message ?? "",
    exceptions: (wire.error?.exceptions ?? []).map(({ class_name, message }) => ({
      type: class_name,
      message: (message ?? "").slice(0, longestException),
    })),
    broken: expectations.flatMap(({ name, dataset, failed_records: failed }) =>
      name !== null && failed !== null && failed > 0 ? [{ expectation: name, dataset: dataset ?? "", failed }] : [],
    ),
  };
}
