import { type Lease, LeaseLost, type Leases } from "../core/store.js";

/** Work that one of several replicas does for all, round after round. */
export interface Lead {
  /** Does the work when this process leads, or nobody does; false when another one leads. */
  run(work: () => Promise<void>): Promise<boolean>;
  /** Lets another replica lead at once. */
  end(): Promise<void>;
}

/** Without leases nobody else is there to lead. */
export function createLead(leases: Leases | undefined, key: string): Lead {
  let lease: Lease | null = null;
  return {
    async run(work) {
      if (leases === undefined) {
        await work();
        return true;
      }
      if (lease === null || lease.lost.aborted) lease = await leases.take(key);
      if (lease === null) return false;
      try {
        await lease.run(work);
        return true;
      } catch (error) {
        if (!(error instanceof LeaseLost)) throw error;
        lease = null;
        return false;
      }
    },
    async end() {
      await lease?.release();
      lease = null;
    },
  };
}
