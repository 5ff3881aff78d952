import { named, type Signature } from "../signature.js";

export const templateUndefined: Signature = {
  id: "template-undefined",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    { text: /no (?:filter|test) named '|template .{0,60}(?:could not be|failed to) render/i, weight: 0.86 },
    { text: /jinja2\.exceptions\.UndefinedError|UndefinedError: /, weight: 0.93 },
    { type: named("UndefinedError"), weight: 0.93 },
    { type: named("TemplateNotFound", "TemplatesNotFound"), weight: 0.94 },
    { text: /TemplateNotFound: /, weight: 0.93 },
  ],
  object: [
    /UndefinedError: (?:'dict object' has no attribute )?['"]?([\w.]+)['"]?/,
    /has no attribute '(\w+)'/,
    /TemplateNotFound: '?([\w./-]+)/,
    /Error: (.{3,60})/,
  ],
  summary: (o, p) =>
    `Template value or file ${o ?? "it renders"} is not defined for ${p.task}; the DAG's owner must pass it or correct its name.`,
  nextStep: "Define the parameter, or correct the template path, in the DAG; then rerun after the fix.",
};
