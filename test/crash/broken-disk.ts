import type * as fs from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** What a disk does instead of what a network does. */
export const diskFaults = [
  "eio_on_fsync",
  "slow_fsync",
  "half_written",
  "hung_fsync",
  "quota",
  "eio_on_open",
  "read_only",
  "renamed_then_eio",
  "no_space",
  "no_permission",
] as const;
export type DiskFault = (typeof diskFaults)[number];

type Fs = typeof fs;
type Handle = fs.FileHandle;

interface Broken {
  readonly fault: DiskFault;
  readonly slowMs: number;
  readonly healed: Promise<void>;
}

const broken = new Map<string, Broken>();

/** Every write below the folder meets the fault until the returned function is called. */
export function breakDisk(folder: string, fault: DiskFault, slowMs: number): () => void {
  let heal: () => void = () => undefined;
  const healed = new Promise<void>((resolve) => {
    heal = resolve;
  });
  broken.set(folder, { fault, slowMs, healed });
  return () => {
    broken.delete(folder);
    heal();
  };
}

function faultAt(path: unknown): Broken | null {
  for (const [folder, entry] of broken) if (String(path).startsWith(folder)) return entry;
  return null;
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}

const onOpen: Partial<Record<DiskFault, string>> = { eio_on_open: "EIO", read_only: "EROFS", no_permission: "EACCES" };
const onWrite: Partial<Record<DiskFault, string>> = { quota: "EDQUOT", no_space: "ENOSPC", half_written: "EIO" };

/** Node's own file system, with faults below the folders that are broken. */
export function onBrokenDisk(real: Fs): Fs {
  const open = (async (path: fs.FileHandle | string, flags?: string, mode?: number): Promise<Handle> => {
    const entry = faultAt(path);
    const writes = flags !== undefined && flags !== "r";
    const code = entry === null || !writes ? undefined : onOpen[entry.fault];
    if (code !== undefined) throw failure(code);
    const handle = await real.open(String(path), flags, mode);
    return watched(handle, String(path), writes);
  }) as Fs["open"];
  const rename: Fs["rename"] = async (from, to) => {
    if (faultAt(to)?.fault === "read_only") throw failure("EROFS");
    await real.rename(from, to);
  };
  return { ...real, open, rename };
}

/** The disk may break while a file is open. */
function watched(handle: Handle, path: string, writes: boolean): Handle {
  const sync = handle.sync.bind(handle);
  const write = handle.writeFile.bind(handle);
  handle.sync = async () => {
    const entry = faultAt(path);
    if (entry?.fault === "slow_fsync") await pause(entry.slowMs);
    if (entry?.fault === "hung_fsync") await entry.healed;
    // A folder is opened for reading, and synced after the rename.
    if (entry?.fault === (writes ? "eio_on_fsync" : "renamed_then_eio")) throw failure("EIO");
    await sync();
  };
  handle.writeFile = async (data, options) => {
    const entry = faultAt(path);
    const code = entry === null ? undefined : onWrite[entry.fault];
    if (code === undefined) return write(data, options);
    if (entry?.fault === "half_written") await write(String(data).slice(0, String(data).length / 2), options);
    throw failure(code);
  };
  return handle;
}
