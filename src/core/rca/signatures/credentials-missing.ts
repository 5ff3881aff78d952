import { named, type Signature } from "../signature.js";

export const credentialsMissing: Signature = {
  id: "credentials-missing",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /has no attribute '(?:get_)?(?:frozen_)?credentials?'|'NoneType' object has no attribute '(?:access_key|secret_key|token|get_frozen_credentials)'/,
      weight: 0.93,
    },
    {
      type: named(
        "NoCredentialsError",
        "PartialCredentialsError",
        "DefaultCredentialsError",
        "CredentialUnavailableError",
      ),
      weight: 0.92,
    },
    {
      text: /Unable to locate credentials|No valid credential sources|No AWS Credentials|NoAuthWithAWSException|\b(?:User|Password|Account|Token|API key|Username|Host) is empty|Secret does not exist with scope|Could not automatically determine credentials|Your default credentials were not found|secret key must be provided with access key|Partial credentials found|no credentials? (?:provided|found|configured|were provided)|Could not load (?:the )?(?:default )?credentials|Unable to load (?:AWS )?credentials|DefaultAzureCredential failed to retrieve|Input required and not supplied: \S*(?:token|key|password)|must be a non-empty string.{0,20}(?:token|password)|Credentials could not be loaded|Credential\b.{0,40} (?:is |authentication )?unavailable|Environment variables are not fully configured|No (?:environment configuration|credential\w*|access key|API key|auth\w* (?:method|token)) (?:was |were )?(?:found|configured|set|available)/i,
      weight: 0.9,
    },
    { text: /You must specify a region|NoRegionError/, weight: 0.92 },
    {
      text: /(?:gh|github).{0,40}set the GH_TOKEN|no password supplied|fe_sendauth: no password|Token authentication isn't configured|Service Principal credentials aren't provided|API key (?:not|must be|is) (?:provided|set|required|missing)|api_key client option must be set/i,
      weight: 0.9,
    },
    {
      text: /do not currently have an active account|Please run 'az login'|You need to (?:log in|login|authenticate)|not logged in(?: to)?/i,
      weight: 0.88,
    },
  ],
  object: [/(\w+(?:_KEY|_TOKEN|_PASSWORD|_ID))\b/],
  summary: (o, p) =>
    `Credentials (${o ?? "for the service"}) are not configured for ${p.task}; whoever owns the connection must add them.`,
  nextStep: "Configure the credentials for this environment (connection, secret or role), then rerun.",
};
