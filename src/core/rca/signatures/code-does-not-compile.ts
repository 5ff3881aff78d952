import type { Signature } from "../signature.js";

export const codeDoesNotCompile: Signature = {
  id: "code-does-not-compile",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    { text: /\berror: undefined symbol|undefined symbol: \w+/i, weight: 0.84 },
    {
      text: /error TS\d+:|error\[E\d+\]|COMPILATION ERROR|Compilation failed|cannot find symbol|\berror: expected|undefined reference to|error CS\d+|compile error|does not compile|build failed because of webpack|Module parse failed|error: aborting due to|could not compile|undefined: \w+|Compilation Error in|Type error: |Found \d+ errors?\.?$|would reformat|\d+ problems? \(\d+ errors?|lint(?:er|ing)? (?:failed|errors?)|ESLint found|flake8|error: Incompatible|mypy: /i,
      weight: 0.72,
    },
    {
      text: /^Diff in \S+|rustfmt|gofmt|prettier --|black --check|Code style issues|formatting (?:check )?failed|clippy|would be reformatted|did not complete successfully: exit code|Failed to compile|Build error occurred|TypeScript error/i,
      weight: 0.6,
    },
    {
      text: /^\S+:\d+(?::\d+)?: (?:fatal )?error: |\[ERROR\] \S+\.\w+:\[\d+,\d+\]|^error(?:\[E\d+\])?: .{0,200}\n|^\S+\(\d+,\d+\): error /m,
      weight: 0.84,
    },
    {
      text: /[Ff]ormatting violations|not formatted|files? (?:need|require)s? formatting|run .{0,40}(?:prettier|format|lint|fmt)\b|to format all|Found \d+ errors? in \d+ files?|Code style issues|problems? \(\d+ errors?,/,
      weight: 0.76,
    },
    { text: /^(?:vet: )?\.{0,2}\/?[\w./-]+\.(?:go|rs|swift|zig|hs|ml|nim|dart|kt):\d+:\d+: \S/, weight: 0.84 },
  ],
  unless: /size limit|remote: error|Invalid (?:URL|option)|No such file/,
  object: [
    /(\S+\.(?:ts|tsx|js|java|scala|kt|rs|go|c|cpp|cs|py|sql))[:(]/,
    /Compilation Error in (?:model|macro|test) (\S+)/,
  ],
  summary: (o, p) =>
    `${o ?? "The code"} does not compile or pass the linter in ${p.task}; the change's author must correct it.`,
  nextStep: "Correct the first error the compiler names, then run again.",
};
