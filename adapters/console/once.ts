const remembered = 2000;

/** Runs each key's work once and gives every later caller the same result; work that failed may be tried again. */
export function createOnce<Result>(): { run(key: string, work: () => Promise<Result>): Promise<Result> } {
  const results = new Map<string, Promise<Result>>();
  return {
    run(key, work) {
      const known = results.get(key);
      if (known) return known;
      const result = work();
      results.set(key, result);
      result.catch(() => results.delete(key));
      for (const oldest of results.keys()) {
        if (results.size <= remembered) break;
        results.delete(oldest);
      }
      return result;
    },
  };
}
