import { named, type Signature } from "../signature.js";

export const cloudAccessDenied: Signature = {
  id: "cloud-access-denied",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    {
      text: /\(?AccessDenied\)?|AccessDeniedException|Access Denied\b|AuthorizationPermissionMismatch|AuthorizationFailure|AuthenticationFailed|Server failed to authenticate the request|This request is not authorized to perform this operation|is not authorized to perform|does not have (?:storage|bigquery|serviceusage|iam|pubsub|dataproc)\.[\w.]+|(?:The )?caller does not have permission|InvalidAccessKeyId|SignatureDoesNotMatch|PermissionDenied: 403|STORAGE_ACCESS_ERROR|AWS_AUTHORIZATION_FAILURE|GCP_FORBIDDEN|ACCESS_TOKEN_FAILURE|SECRET_PERMISSION_DENIED|KMS\.\w*AccessDenied|AuthorizationHeaderMalformed|Required '[^']+' permission/,
      weight: 0.93,
    },
    { type: named("ClientAuthenticationError"), weight: 0.93 },
    {
      text: /error: You must be logged in to the server|User "[^"]+" cannot (?:get|list|create|delete|watch|patch) resource|is forbidden: User|denied: requested access to the resource is denied|unauthorized: authentication required|denied: Permission|remote: (?:Write access to repository not granted|Permission to .{1,120} denied)|insufficient_scope/,
      weight: 0.93,
    },
    { text: /\(403\) when calling the|operation: Forbidden/, weight: 0.92 },
  ],
  object: [
    /(?:s3|gs|abfss?|wasbs?):\/\/([^\s'",)]+)/,
    /https:\/\/([\w.-]+\.(?:windows\.net|amazonaws\.com|googleapis\.com)[^\s?"',]*)/,
    /(?:operation:|perform:?|resource) ["'`]?([\w:./*-]+)/,
    /calling the (\w+) operation/,
  ],
  summary: (o, p) =>
    `Cloud storage or service ${o ?? "it calls"} refuses the identity of ${p.task}; the owner of that resource must grant access.`,
  nextStep: "Grant the role or policy to the identity that the task uses (or correct its key), then rerun.",
};
