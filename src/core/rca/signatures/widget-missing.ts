import type { Signature } from "../signature.js";

export const widgetMissing: Signature = {
  id: "widget-missing",
  category: "configuration",
  rerunHelps: "no",
  proofs: [{ text: /No input widget named|InputWidgetNotDefined/, weight: 0.96 }],
  object: [/widget named (\w+)/],
  summary: (o, p) =>
    `Notebook parameter ${o ?? "it reads"} was not passed to ${p.task}; the job's owner must pass it or give it a default.`,
  nextStep: "Pass the parameter from the job or operator (or declare the widget with a default), then rerun.",
};
