setInterval(() => undefined, 1_000);
