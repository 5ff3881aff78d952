import { named, type Signature } from "../signature.js";

export const requestTimedOut: Signature = {
  id: "request-timed-out",
  category: "network_transient",
  rerunHelps: "yes",
  proofs: [
    {
      text: /Read timed out|RetryError: Timeout of|urlopen error (?:_ssl\.c:\d+: )?(?:The handshake operation )?timed out|ReadTimeout|ConnectTimeout|connect(?:ion)? timed? ?out|ETIMEDOUT|ESOCKETTIMEDOUT|\[Errno 110\]|Connection timed out|SocketTimeoutException|timed out\. \((?:read|connect) timeout|Operation timed out|dial tcp .{1,80}i\/o timeout|TLS handshake timeout|i\/o timeout|net\/http: request canceled|The read operation timed out|ORA-12170|context deadline exceeded|socket\.timeout|TimeoutError: timed out|login timeout expired|EndpointConnectionError|Timeout was reached|KafkaTimeoutError|Request timed out/i,
      weight: 0.86,
    },
    {
      type: named(
        "ReadTimeout",
        "ConnectTimeout",
        "ReadTimeoutError",
        "ConnectTimeoutError",
        "TimeoutException",
        "DeadlineExceeded",
        "ServerTimeoutError",
        "HTTPReadTimeout",
        "ClientTimeout",
      ),
      weight: 0.86,
    },
    { type: named("TimeoutError", "timeout"), context: /socket|https?|ssl|urllib|requests|connect/i, weight: 0.66 },
  ],
  unless: /broadcast|BroadcastExchange|statement timeout|not ready after|heartbeat/i,
  object: [/host='([^']+)'/, /https?:\/\/([\w.-]+)/, /(?:tcp|to|host) ((?:[\w-]+\.)+[\w-]+(?::\d+)?)/],
  summary: (o, p) =>
    `${o ?? "The service"} did not answer ${p.task} in time; a rerun should pass, its owner should look when it repeats.`,
  nextStep: "Rerun with back-off; raise the client's time-out if the service is just slow.",
};
