import { lastUpdate, type PipelineEvent } from "../pipeline-events.js";
import { isEcho, isWrapper } from "./echo.js";
import { bounded, type Quote, type Statement } from "./statement.js";

const mostEvents = 12;

/** What a pipeline's event log says of its failed update: the errors of its flows, roots first, and expectations that stopped it. */
export function statementsOfPipeline(events: readonly PipelineEvent[]): readonly Statement[] {
  return lastUpdate(events)
    .filter((one) => one.level === "ERROR" || one.exceptions.length > 0)
    .slice(-mostEvents)
    .flatMap((one) => [...exceptionsOf(one), ...expectationsOf(one), ...messageOf(one)]);
}

function exceptionsOf(event: PipelineEvent): readonly Statement[] {
  const last = event.exceptions.length - 1;
  const ofUpdate = event.type === "update_progress" ? 0.9 : 1;
  return event.exceptions.map(({ type, message }, index) => {
    const said = type === null ? message : `${type}: ${message}`;
    const penalty = isEcho(said)
      ? 0.5
      : isWrapper(said) || /^Failed to resolve flow|terminated/.test(message)
        ? 0.88
        : 1;
    return statement(type, said, message, event, ofUpdate * penalty * (index === last ? 1 : 0.9));
  });
}

/** `EXPECT … ON VIOLATION FAIL` stops a flow: the data is at fault, not the code. */
function expectationsOf(event: PipelineEvent): readonly Statement[] {
  return event.broken.map(({ expectation, dataset, failed }) =>
    statement(
      "ExpectationFailed",
      `Data quality expectation ${expectation} failed for ${failed} records of ${dataset}`,
      expectation,
      event,
      0.95,
    ),
  );
}

function messageOf(event: PipelineEvent): readonly Statement[] {
  if (event.message === "") return [];
  return [statement(null, event.message, event.message, event, event.exceptions.length > 0 ? 0.5 : 0.8)];
}

function statement(type: string | null, text: string, quoted: string, event: PipelineEvent, weight: number): Statement {
  const names: readonly Quote[] =
    event.flow === null ? [] : [{ source: "pipeline_events", line: null, text: event.flow }];
  return {
    kind: type === null ? "state" : "exception",
    origin: "databricks",
    type,
    text: bounded(text),
    context: event.flow === null ? "" : `flow ${event.flow}`,
    quotes: [...linesOf(quoted), ...names],
    weight,
    raisedInOwnCode: false,
  };
}

function linesOf(text: string): readonly Quote[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, 8)
    .map((line) => ({ source: "pipeline_events", line: null, text: line }));
}
