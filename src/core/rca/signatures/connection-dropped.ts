import { named, type Signature } from "../signature.js";

export const connectionDropped: Signature = {
  id: "connection-dropped",
  category: "network_transient",
  rerunHelps: "yes",
  proofs: [
    {
      text: /Connection reset|ECONNRESET|Connection aborted|RemoteDisconnected|Remote end closed connection|Broken pipe|EPIPE|server closed the connection unexpectedly|terminating connection|Connection (?:was )?(?:closed|lost|dropped|broken|terminated)|Lost connection to|server has gone away|SSL SYSCALL|EOF occurred in violation|unexpected EOF|early EOF|The remote end hung up|RPC failed; (?:HTTP|curl)|IncompleteRead|ChunkedEncodingError|ProtocolError|ServerDisconnected|socket hang up|connection is closed|SQLSTATE:? ?08(?:006|003|S01|P01)|ORA-0311[34]|incomplete (?:read|chunked)|stream error|Session .{0,60}(?:expired|lost)|EOFError.{0,40}socket|GOAWAY|E: Failed to fetch|Unable to fetch some archives|Hash Sum mismatch|Error reading SSH protocol banner|SSH session not active|Connection timed out during banner|network aborted|problem related to network connectivity|An existing connection was forcibly closed|UNEXPECTED_EOF/i,
      weight: 0.87,
    },
    {
      type: named(
        "ConnectionResetError",
        "BrokenPipeError",
        "ConnectionAbortedError",
        "RemoteDisconnected",
        "ServerDisconnectedError",
        "ChunkedEncodingError",
        "IncompleteRead",
        "ConnectionFailure",
        "AdminShutdown",
      ),
      weight: 0.88,
    },
    { text: /connection unexpectedly closed|Connection closed by (?:remote|foreign) host/i, weight: 0.87 },
  ],
  unlessNear: /PythonRunner|SIGPIPE/,
  unless: /server API version/,
  object: [/host='([^']+)'/, /server at "([^"]+)"/, /https?:\/\/([\w.-]+)/],
  summary: (o, p) => `The connection to ${o ?? "the server"} broke while ${p.task} used it; a rerun should pass.`,
  nextStep: "Rerun; if it repeats, look at the server's restarts and the network's idle limits.",
};
