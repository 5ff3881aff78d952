import { named, type Signature } from "../signature.js";

export const nameNotDefined: Signature = {
  id: "name-not-defined",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      text: /undefined local variable or method|\(NameError\)|\(NoMethodError\)|UndefVarError|is undefined in/i,
      weight: 0.88,
    },
    { type: named("NameError", "UnboundLocalError", "ReferenceError"), weight: 0.95 },
    {
      text: /name '\w+' is not defined|local variable '\w+' referenced before|cannot access local variable|\w+ is not defined$|object '[\w.]+' not found$|could not find function "|[Cc]all to undefined (?:function|method)/,
      weight: 0.9,
    },
  ],
  object: [/(?:name|variable|object) '([\w.]+)'/, /function "([\w.]+)"/, /(\w+) is not defined/],
  summary: (o, p) =>
    `Name ${o ?? "it uses"} is not defined in the code of ${p.task}; its author must correct it, a rerun can't help.`,
  nextStep: "Correct the name in the code, test it, then rerun after the fix.",
};
