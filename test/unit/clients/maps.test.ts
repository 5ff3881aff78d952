import { describe, expect, it } from "vitest";
import {
  inOrderOfTime,
  parseDag,
  parseDagRun,
  parseEventLogs,
  parseTaskInstance,
  parseTasks,
  parseTries,
} from "../../../src/clients/airflow/map.js";
import { parseOtherXcom, parseXcom } from "../../../src/clients/airflow/map-xcom.js";
import { parseRun, parseRunOutput } from "../../../src/clients/databricks/map.js";
import { parseJson } from "../../../src/clients/json.js";
import { InputError } from "../../../src/core/errors.js";

describe("the audit log", () => {
  it("comes in the order of time, also where two workers wrote at once and were numbered the other way round", () => {
    const at = (when: string) => ({
      event: "running",
      when,
      owner: null,
      extra: null,
      taskId: "count",
      runId: "r",
      tryNumber: 1,
    });
    const first = at("2026-11-23T03:17:31.989530Z");
    const second = at("2026-11-23T03:17:31.989744Z");
    const third = at("2026-11-23T03:17:32Z");
    expect(inOrderOfTime([third, first, second])).toEqual([first, second, third]);
  });
});

describe("bodies of Airflow 2", () => {
  it("read as the same words as those of Airflow 3", () => {
    const body = {
      dag_id: "stock",
      dag_run_id: "manual__1",
      task_id: "count",
      map_index: 4,
      state: null,
      execution_date: "2026-11-22T01:00:00+00:00",
      try_number: 1,
      max_tries: 0,
      operator: "_PythonDecoratedOperator",
      hostname: "",
      sla_miss: null,
    };
    expect(parseTaskInstance(body)).toMatchObject({
      id: null,
      runId: "manual__1",
      mapIndex: 4,
      state: "none",
      logicalDate: "2026-11-22T01:00:00+00:00",
      hostname: null,
      dagVersion: null,
    });
    expect(
      parseDagRun({ dag_id: "stock", dag_run_id: "manual__1", conf: null, run_type: "dataset_triggered" }),
    ).toMatchObject({
      conf: {},
      runType: "dataset_triggered",
      state: "none",
    });
  });

  it("give numbers as floats and time-outs as objects", () => {
    const tasks = parseJson(
      '{"tasks":[{"task_id":"count","class_ref":{"class_name":"PythonOperator","module_path":"airflow.operators.python"},"retries":2.0,"execution_timeout":{"__type":"TimeDelta","days":1,"seconds":30,"microseconds":500000},"downstream_task_ids":["publish"]}]}',
    );
    expect(parseTasks(tasks)).toMatchObject([
      {
        taskId: "count",
        operator: "PythonOperator",
        retries: 2,
        executionTimeoutSeconds: 86_430.5,
        triggerRule: "all_success",
        downstreamTaskIds: ["publish"],
      },
    ]);
    expect(
      parseDag({ dag_id: "stock", schedule_interval: { __type: "CronExpression", value: "0 2 * * *" } }).schedule,
    ).toBe("0 2 * * *");
  });
});

describe("a body from a file", () => {
  it("that is an error answer is refused in words", () => {
    expect(() => parseDag({ detail: "The Dag with ID: `x` was not found" })).toThrow(InputError);
    expect(() => parseTries("nothing")).toThrow("This is not a list of tries");
    expect(() => parseRunOutput({ error_code: "INVALID_PARAMETER_VALUE", message: "multiple tasks" })).toThrow(
      "error_code",
    );
    expect(() => parseJson('{"cut":')).toThrow(InputError);
  });

  it("survives nonsense in fields that are not essential", () => {
    expect(parseEventLogs({ event_logs: [{ event: "failed", try_number: "one", extra: { a: 1 } }] })).toMatchObject([
      { event: "failed", tryNumber: null, extra: null },
    ]);
    expect(parseRun({ run_id: "12", tasks: null, state: "odd", start_time: "soon" })).toMatchObject({
      runId: "12",
      tasks: [],
      startedAt: null,
    });
  });
});

describe("XCom from a file", () => {
  const entry = { key: "run_id", value: "88", taskId: "submit" };

  it.each([
    ["the API's list", { xcom_entries: [{ key: "run_id", task_id: "submit", value: "88" }], total_entries: 1 }],
    ["one entry", { key: "run_id", task_id: "submit", value: "88" }],
    ["a list of entries", [{ key: "run_id", value: "88" }]],
    ["a map of key to value", { run_id: "88" }],
  ])("reads %s", (_name, body) => {
    expect(parseXcom(body, "submit")).toEqual([entry]);
  });

  it("of other tasks is told apart by task", () => {
    expect(parseOtherXcom({ submit: { run_id: "88" }, launch: { xcom_entries: [{ key: "job", value: 3 }] } })).toEqual([
      entry,
      { key: "job", value: 3, taskId: "launch" },
    ]);
  });
});
