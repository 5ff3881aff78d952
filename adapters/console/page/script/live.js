const firstRetryMs = 1000;
const lastRetryMs = 8000;

/**
 * Follows the server's events for one person and comes back by itself. `onUp` runs at every (re)connection, before the
 * first event; `onDown` when the line is lost.
 */
export function followLive(person, { onUp, onDown, onMessage }) {
  let source = null;
  let retryMs = firstRetryMs;
  let timer = null;
  let closed = false;

  function connect() {
    source = new EventSource(`api/stream?person=${encodeURIComponent(person)}`);
    source.addEventListener("hello", () => {
      retryMs = firstRetryMs;
      onUp();
    });
    source.addEventListener("message", (event) => onMessage(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      source.close();
      if (closed) return;
      onDown();
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    });
  }

  connect();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      source.close();
    },
  };
}
