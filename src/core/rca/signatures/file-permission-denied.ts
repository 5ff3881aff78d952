import { named, type Signature } from "../signature.js";

export const filePermissionDenied: Signature = {
  id: "file-permission-denied",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    { text: /permission denied while trying to connect to the Docker daemon/, weight: 0.93 },
    { type: named("PermissionError"), weight: 0.92 },
    { text: /\[Errno 13\]|EACCES|Permission denied|AccessControlException|Operation not permitted/, weight: 0.88 },
    { text: /non-zero exit code 126|exit(?:ed with)? (?:status|code):? 126\b/, weight: 0.7 },
  ],
  unless: /publickey|non-fatal|ignored/,
  object: [/(?:denied|EACCES)[:,]? .{0,30}?['"]([^'"]+)['"]/, /([\w./-]+): Permission denied/, /inode="([^"]+)"/],
  summary: (o, p) =>
    `${p.task} may not write or read ${o ?? "the path"}; the owner of that path must grant it to the task's user.`,
  nextStep: "Correct owner or mode of the path, or run the task as the right user, then rerun.",
};
