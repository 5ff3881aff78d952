/** Waits for work to end, but no longer than until the deadline; a failure of the work is the caller's to see. */
export async function endBy(deadline: AbortSignal, work: Promise<unknown>): Promise<void> {
  if (deadline.aborted) return;
  let late: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    late = resolve;
  });
  deadline.addEventListener("abort", late, { once: true });
  try {
    await Promise.race([work, passed]);
  } finally {
    deadline.removeEventListener("abort", late);
  }
}
