import type { Signature } from "../signature.js";

export const commandNotFound: Signature = {
  id: "command-not-found",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    { text: /No such file or directory: '[\w.-]{1,60}': '[\w.-]{1,60}'/, weight: 0.94 },
    { text: /^g?make(?:\[\d+\])?: [\w./+-]+: No such file or directory/, weight: 0.95 },
    { text: /(?:^|[\s:])[\w./+-]+: (?:command )?not found\s*$/m, weight: 0.93 },
    { text: /command not found/i, weight: 0.93 },
    {
      text: /\b(?:[Pp]ython|[Jj]ava|[Rr]|[Nn]ode|[Ii]nterpreter|[Ee]xecutable|[Bb]inary|[Vv]irtualenv|venv) ?(?:[Pp]ath|executable|interpreter|binary|home)? ['"`]?[\w./\\:-]{0,200}['"`]? (?:must exists?|does not exist|doesn't exist|was not found|is missing|not found)\b|bad interpreter: /,
      weight: 0.9,
    },
    { text: /executable file not found in \$?PATH|is not recognized as an internal or external command/, weight: 0.95 },
    { text: /non-zero exit code 127|exit(?:ed with)? (?:status|code):? (?:= )?127|return code 127/, weight: 0.85 },
    { text: /exec(?:vp|ve)?: .{1,120}no such file or directory|env: ['‘]?[\w.+-]+['’]?: No such file/i, weight: 0.9 },
    {
      text: /FileNotFoundError: \[Errno 2\] No such file or directory: ['"][\w.+-]+['"]$/,
      context: /subprocess\.py/,
      weight: 0.93,
    },
    {
      text: /(?:Unable to (?:locate|find)|could not find|cannot find) (?:an? |the )?(?:binary|executable|Java Runtime|JVM|JDK|\w+ (?:binary|executable))|requires .{1,60} to be installed|executable needs to be in PATH|unable to obtain driver for|cannot find Chrome binary/i,
      weight: 0.86,
    },
  ],
  unless: /404|page not found|file or stream not found/i,
  object: [
    /([\w.+-]+): (?:command )?not found/,
    /exec: "?([\w./+-]+)"?: executable file not found/,
    /command not found: ([\w.+-]+)/,
    /No such file or directory: ['"]([\w.+-]+)['"]/,
    /'?([\w.+-]+)'? is not recognized as/,
  ],
  summary: (o, p) =>
    `Command ${o ?? "it calls"} is not installed where ${p.task} runs; the owner of the worker image must add it or fix PATH.`,
  nextStep: "Install the binary in the image that runs the task (or correct PATH), then rerun.",
};
