import type { Signature } from "../signature.js";

export const optionUnrecognized: Signature = {
  id: "option-unrecognized",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /unrecognized (?:option|argument)|unknown (?:option|flag|shorthand flag|argument)|No such option|illegal option|invalid option|unexpected argument|the following arguments are required|Missing (?:option|argument|required (?:option|argument|parameter))|error: (?:invalid choice|argument )|got unexpected extra argument/i,
      weight: 0.9,
    },
    {
      text: /Unexpected input\(s\)|Input required and not supplied|unknown command|No such command|invalid subcommand|Unrecognized command/i,
      weight: 0.82,
    },
  ],
  unless: /keyword argument/,
  object: [
    /(?:option|argument|flag|arguments are required|supplied|choice|input\(s\)|command)s?:? ['"‘`]*(-{0,2}[\w-]+)/i,
  ],
  summary: (o, p) =>
    `Option ${o ?? "it passes"} is not accepted by the program ${p.task} calls; the task's owner must correct the command.`,
  nextStep: "Correct the command line (compare with the tool's installed version), then rerun after the fix.",
};
