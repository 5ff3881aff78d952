import type { Signature } from "../signature.js";

export const scriptPathWrong: Signature = {
  id: "script-path-wrong",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    { text: /does not appear to contain \w+/i, weight: 0.88 },
    {
      text: /non-?existent directory|No such file or directory: '[^']{0,200}(?:\.ssh\/|id_\w+|\.pem|\.key|\.crt|\.cer|\.p12|\.jks|\.kube\/|kubeconfig|credentials?(?:\.json)?|\.ya?ml|\.cfg|\.ini|\.conf|\.env|\.toml|\.properties)'/i,
      weight: 0.93,
    },
    {
      text: /can't open file|cannot open (?:script )?file|Cannot find module '(?:\/|\.\/|[A-Z]:)|Could not open (?:requirements|input) file|python3?: can't find/i,
      weight: 0.93,
    },
    {
      text: /(?:^|\s)(?:cd|ls|bash|sh|chmod|source|\.|\/bin\/\w+|[\w/]*bash: line \d+)[: ].{0,160}: No such file or directory/,
      weight: 0.86,
    },
    { text: /No such file or directory/, context: /^\s*$/, kinds: ["line"], weight: 0.66 },
    { text: /[A-Za-z]:[\\/][\w .\\/-]+['"]?: \[?(?:Errno 2|No such file)/, weight: 0.93 },
    {
      text: /(?:The specified|working) directory .{1,160} (?:does not exist|is not a directory|not found)|No such directory|chdir to cwd|Can't find .{1,80}(?:Dockerfile|action\.yml|package\.json|pyproject)|ENOENT: no such file or directory, (?:open|stat|lstat|scandir|chdir) '[^']*(?:package\.json|\.ya?ml|\.toml|\.config)/i,
      weight: 0.9,
    },
    {
      text: /Unable to access jarfile|No rule to make target|No such (?:script|module file|makefile)|Makefile: No such file/i,
      weight: 0.88,
    },
  ],
  unless:
    /\.h(?:pp)?: No such file|\.(?:csv|parquet|json|avro|orc|gz|zip|tsv|xlsx?|txt)['"]?: (?:\[Errno|No such)|^(?:cat|gzip|zcat|head|wc|cp|mv|tail):/,
  object: [
    /can't open file '([^']+)'/,
    /cannot access '([^']+)'/,
    /jarfile (\S+)/,
    /: (?:cd: )?([\w./=-]+): No such file/,
    /(?:open|module|directory|stat) ['"‘]([^'"’\s]+)['"’]/,
  ],
  summary: (o, p) =>
    `Path ${o ?? "of the script"} does not exist where ${p.task} runs; the task's owner must correct the path or ship the file.`,
  nextStep: "Correct the path, or mount or deploy the file to the machine that runs the task, then rerun.",
};
