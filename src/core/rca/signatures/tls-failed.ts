import type { Signature } from "../signature.js";

export const tlsFailed: Signature = {
  id: "tls-failed",
  category: "network_transient",
  rerunHelps: "no",
  proofs: [
    {
      text: /CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|certificate (?:verify failed|is not (?:yet )?(?:trusted|valid)|signed by unknown|(?:\S+ ){0,4}(?:has )?expired\b)|expired certificate|certificate_expired|self[- ]signed certificate|unable to get local issuer|SSLHandshakeException|PKIX path building failed|SSL(?:V3)?_ALERT|WRONG_VERSION_NUMBER|tls: (?:failed|handshake|bad)|SSLError|x509:/i,
      weight: 0.78,
    },
  ],
  object: [/host='([^']+)'/, /https?:\/\/([\w.-]+)/],
  summary: (o, p) =>
    `The TLS certificate or handshake of ${o ?? "the host"} failed in ${p.task}; the owner of the certificate or trust store must look.`,
  nextStep: "Check the certificate's chain and dates and the worker's trust store; rerun after the fix.",
};
