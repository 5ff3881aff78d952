import type { Signature } from "../signature.js";

export const nodeModuleMissing: Signature = {
  id: "node-module-missing",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    {
      text: /Cannot find (?:module|package) '(?![./])[^']+'|ERR_MODULE_NOT_FOUND|Error: Can't resolve '(?!\.)[^']+'|Module not found: (?:Error: )?Can't resolve|Could not resolve "(?!\.)[^"]+"/,
      weight: 0.93,
    },
    { text: /Cannot find module '/, weight: 0.8 },
  ],
  unless: /error TS\d+/,
  object: [/(?:module|package|resolve) ['"]([^'"]+)['"]/],
  summary: (o, p) =>
    `Node package ${o ?? "a module"} is not installed where ${p.task} runs; its owner must add it to package.json and the lock file.`,
  nextStep: "Install the package (and commit the lock file), then run again.",
};
