import { afterAll, beforeAll, describe, expect } from "vitest";
import { airflow2 } from "./airflow/generation.js";
import { type AirflowLab, startAirflow } from "./airflow/lab.js";
import { openStage, type Stage } from "./stage.js";
import { clientStories } from "./stories/airflow-client.js";
import { rerunStories } from "./stories/which-rerun.js";
import { productStories } from "./stories/whole-product.js";

/** One real Airflow for all stories: it takes a minute to come up. */
let lab: AirflowLab;

beforeAll(async () => {
  lab = await startAirflow(airflow2);
});

afterAll(() => lab?.stop());

describe("the whole product between a real Airflow 2.11 and Slack", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage(lab);
  });

  afterAll(async () => {
    expect(await stage?.close()).toBe(0);
  });

  productStories(
    () => lab,
    () => stage,
  );
  rerunStories(
    () => lab,
    () => stage,
  );
});

describe("the Airflow client on a real Airflow 2.11", () => {
  clientStories(() => lab);
});
