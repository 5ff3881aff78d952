import { named, type Signature } from "../signature.js";

export const pythonModuleMissing: Signature = {
  id: "python-module-missing",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    { type: named("ModuleNotFoundError"), weight: 0.97 },
    { text: /No module named ['"]?[\w.-]+/, weight: 0.95 },
    { text: /Can't load plugin: \w+|doesn't seem to be a (?:Python )?package/, weight: 0.92 },
    {
      text: /(?:^|\s)PackageNotFoundError: |pkg_resources\.DistributionNotFound|No package metadata was found for/,
      weight: 0.93,
    },
  ],
  object: [/No module named ['"]?([\w.-]+)/, /(?:metadata was found for|DistributionNotFound: The ')\s*([\w.-]+)/],
  summary: (o, p) =>
    `Python package ${o ?? "a module"} is not installed where ${p.task} runs; the platform team must add it to the image or the requirements.`,
  nextStep:
    "Add the package to the worker image, cluster libraries or requirements with a pinned version, then rerun the task.",
};
