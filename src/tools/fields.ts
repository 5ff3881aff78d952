import { z } from "zod";

/** Arguments and results that several tools share; descriptions are kept short, since every client pays for them. */
export const connection = z.string().max(80).optional();
export const dag = z.string().min(1).max(250).describe("DAG id or words for it");
export const taskId = z.string().min(1).max(250);
export const mapIndex = z.int().optional();
export const tryNumber = z.int().optional();

export const evidence = z.array(
  z.object({ id: z.string(), source: z.string(), line: z.number().nullable(), quoted: z.string() }),
);
export const strings = z.array(z.string());
export const links = z.array(z.object({ label: z.string(), url: z.string() }));
