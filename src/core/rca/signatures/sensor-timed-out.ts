import { named, type Signature } from "../signature.js";

export const sensorTimedOut: Signature = {
  id: "sensor-timed-out",
  category: "missing_upstream_data",
  rerunHelps: "unsure",
  proofs: [
    { text: /Sensor has timed out; run duration of|Snap\. Time is OUT/, weight: 0.93 },
    { type: named("AirflowSensorTimeout"), weight: 0.93 },
  ],
  object: [
    /(?:Poking for (?:file|key|blob|the existence of the object|partition|prefix|table)?\s*:?\s*|Waiting for |for key : )([^\s,]+)/i,
    /Poking(?: for)?:? (.{3,70})/,
  ],
  summary: (o, p) =>
    `${o ?? "What it waits for"} did not arrive before ${p.task} gave up; the producer must deliver it, then a rerun works.`,
  nextStep: "Find out when the producer delivers; clear the sensor once the data is there.",
};
