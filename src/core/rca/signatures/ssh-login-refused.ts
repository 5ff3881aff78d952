import { named, type Signature } from "../signature.js";

export const sshLoginRefused: Signature = {
  id: "ssh-login-refused",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    {
      text: /Permission denied \((?:publickey|password|keyboard)|BadAuthenticationType|could not read from remote repository/i,
      weight: 0.9,
    },
    { type: named("BadHostKeyException", "PasswordRequiredException"), weight: 0.9 },
    {
      text: /SMTPAuthenticationError|Username and Password not accepted|Login incorrect|530 (?:Login|Not logged)|Authentication (?:unsuccessful|rejected)|login (?:was )?(?:refused|rejected|denied)/i,
      weight: 0.9,
    },
  ],
  unless: /Could not resolve host|Connection (?:refused|reset|timed out)/,
  object: [/([\w.-]+@[\w.-]+)/],
  summary: (o, p) =>
    `The server ${o ?? "it logs in to"} refused the login of ${p.task}; the connection's owner must correct user, key or password.`,
  nextStep: "Install the public key on the server, or correct key and known hosts in the connection, then rerun.",
};
