import { afterAll, beforeAll, describe } from "vitest";
import { airflow2 } from "./airflow/generation.js";
import { type AirflowLab, startAirflow } from "./airflow/lab.js";
import { clientStories } from "./stories/airflow-client.js";
import { productStories } from "./stories/whole-product.js";

/** One real Airflow for all stories: it takes half a minute to come up. */
let lab: AirflowLab;

beforeAll(async () => {
  lab = await startAirflow(airflow2);
});

afterAll(() => lab?.stop());

describe("the whole product between a real Airflow 2.11 and Slack", () => {
  productStories(() => lab);
});

describe("the Airflow client on a real Airflow 2.11", () => {
  clientStories(() => lab);
});
