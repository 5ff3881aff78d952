import type { Signature } from "../signature.js";

export const containerImageMissing: Signature = {
  id: "container-image-missing",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    {
      text: /ErrImagePull|ImagePullBackOff|docker image cannot be pulled|manifest (?:unknown|for .{1,160} not found)|failed to pull image|pull access denied|repository does not exist or may require|image .{1,160} (?:not found|does not exist)|No such image|Unable to find image .{1,120} remotely|failed to resolve reference/i,
      weight: 0.92,
    },
  ],
  unless: /toomanyrequests|rate limit|i\/o timeout|TLS handshake timeout|InvalidImageName/i,
  object: [/(?:image|for|reference|denied for)\s+['"]?([\w.-]+(?:[:\d]+)?(?:\/[\w.:@-]+)+|[\w.-]+:[\w.-]+)['"]?/i],
  summary: (o, p) =>
    `Container image ${o ?? "of the task"} can't be pulled for ${p.task}; its owner must publish the tag or correct the name.`,
  nextStep: "Check the image name, tag and registry access; push the image or correct the reference, then rerun.",
};
